#!/bin/bash
# The first start of the official postgres image, as far as it is documented: POSTGRES_PASSWORD, POSTGRES_USER,
# POSTGRES_DB, POSTGRES_INITDB_ARGS and POSTGRES_HOST_AUTH_METHOD, each of the first four also as NAME_FILE,
# PGDATA, and the scripts in /docker-entrypoint-initdb.d. Any command but `postgres` is run as it is.
set -euo pipefail

# Sets a variable from its file, if NAME_FILE names one.
from_file() {
    local file="$1_FILE"
    if [ -n "${!1:-}" ] && [ -n "${!file:-}" ]; then
        echo "error: both $1 and $file are set (but are exclusive)" >&2
        exit 1
    fi
    [ -z "${!file:-}" ] || export "$1=$(< "${!file}")"
    unset "$file"
}

initialize() {
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser." >&2
        exit 1
    fi
    # shellcheck disable=SC2086 # several arguments
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    # On the socket alone: nobody from outside sees the server before it is complete.
    PGUSER="$POSTGRES_USER" pg_ctl -w start -o "-c listen_addresses=''"
    local run=(psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER")
    if [ "$POSTGRES_DB" != postgres ]; then
        "${run[@]}" -d postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
    fi
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        case "$script" in
            *.sql) "${run[@]}" -d "$POSTGRES_DB" -f "$script" ;;
            *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
        esac
    done
    PGUSER="$POSTGRES_USER" pg_ctl -m fast -w stop
}

[ "${1#-}" = "${1:-}" ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        install -d -o postgres -g postgres -m 0700 "$PGDATA"
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
    fi
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER
    : "${POSTGRES_USER:=postgres}"
    from_file POSTGRES_DB
    : "${POSTGRES_DB:=$POSTGRES_USER}"
    from_file POSTGRES_INITDB_ARGS
    # The mount point of a fresh volume is open to all, and initdb wants it closed.
    chmod 0700 "$PGDATA"
    [ -s "$PGDATA/PG_VERSION" ] || initialize
    # The server itself listens everywhere in its container, and has no use for the password.
    unset POSTGRES_PASSWORD
    exec postgres -c listen_addresses='*' "${@:2}"
fi
exec "$@"
