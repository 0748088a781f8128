#!/bin/sh
# Makes the passwords that are missing, and gives each service its part in a folder that only that service is given:
# passwords.sh FOLDER. May run at every start: by the job `passwords`, and on the host by stack.sh.
# The folder is closed to others; the files are open, because containers read them as users of their own.
set -eu
umask 022

cd "$1"
chmod 700 .

for name in postgres_password temporal_password app_password temporal_server_password app_worker_password \
    grafana_password; do
    [ -s "$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$name"
    chmod 444 "$name"
done
# What stack.sh copies here when it is set.
for name in encryption_keys notify_targets; do
    [ -e "$name" ] || echo "# not set" > "$name"
    chmod 444 "$name"
done

give() {
    part="for/$1"
    shift
    mkdir -p "$part"
    for name in "$@"; do
        cmp -s "$name" "$part/$name" && continue
        cp "$name" "$part/.new"
        mv -f "$part/.new" "$part/$name"
    done
}

give postgresql postgres_password
give databases postgres_password temporal_password app_password temporal_server_password app_worker_password
give temporal temporal_password
give store app_password
give app app_password encryption_keys notify_targets
give grafana grafana_password
# The same two in docker-compose.secure.yml, where they log in as somebody else.
give temporal-secure temporal_server_password
give app-secure app_worker_password encryption_keys notify_targets
