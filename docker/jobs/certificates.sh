#!/bin/sh
# Gives every service its part of the certificates, in a volume of its own, closed to all but the service's user.
# May run at every start, and while the services run: each file is replaced at once.
set -eu

[ -s /certs/public/ca.crt ] || { echo "error: no certificates: run make certs first" >&2; exit 1; }

give() {
    for file in "/certs/$1"/*; do
        install -o "$2" -g "$2" -m 400 "$file" "/tls/$1/.new"
        mv "/tls/$1/.new" "/tls/$1/${file##*/}"
    done
    chown "$2:$2" "/tls/$1"
    chmod 500 "/tls/$1"
}

give postgresql postgres
give public postgres
chmod 755 /tls/public # nothing in it is a secret
chmod 444 /tls/public/*
give temporal-server 1000 # the user `temporal` of Temporal's images
give ui 1000
give admin 1000
give worker 10001 # the user of the project's image
give starter 10001
