#!/usr/bin/env bash
# Takes a stack from the minor version of Temporal below to the one of docker-compose.yml, with workflows in flight:
#   docker/upgrade_check.sh [FROM]   FROM is a version that the Go module proxy has; 1.31.2 by default
# First the new schema job beside the old server, then the new server, as Temporal asks for; the workflows that were
# in flight before each step must end as they should, their effects done once. Exit code 1 when anything did not.
# Run nightly or by hand, not on every change: the older server is built once, which takes 5 to 15 minutes (kept in
# the cache of `make images`), the check itself two. Needs what `make images` and `make test-stack` need.
set -euo pipefail
cd "$(dirname "$0")/.."

FROM="${1:-1.31.2}"
[ -x .venv/bin/python ] || { echo "error: no .venv: run make .venv/dev first" >&2; exit 1; }
docker info > /dev/null 2>&1 ||
    { echo "error: no Docker engine answers: start one first (docker/engine.sh start)" >&2; exit 3; }
# Official images of that tag are kept, where `docker pull` has brought them.
docker/images.sh temporal "$FROM"
exec .venv/bin/python -m tests.stack.upgrade "$FROM"
