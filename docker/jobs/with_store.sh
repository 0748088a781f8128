#!/bin/sh
# Runs a command with DATABASE_URL made from a role's secret, and with the token for Temporal where there is one:
# `docker inspect` never shows them.
set -eu

role="${STORE_ROLE:-app}"
DATABASE_URL="postgresql://$role:$(cat "/run/secrets/${role}_password")@postgresql:5432/app${STORE_OPTIONS:-}"
export DATABASE_URL
if [ -n "${TOKEN_FILE:-}" ]; then
    TEMPORAL_API_KEY="$(cat "$TOKEN_FILE")"
    export TEMPORAL_API_KEY
    unset TOKEN_FILE # of no use to a worker, not even as a name
fi
exec "$@"
