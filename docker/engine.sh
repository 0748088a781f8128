#!/usr/bin/env bash
# A Docker engine for a machine that has none running (Debian's docker.io and iptables, root).
#   docker/engine.sh start   starts dockerd unless one answers; returns once it does
#   docker/engine.sh stop    stops the one that start has started, and no other
set -euo pipefail

RUN="${ENGINE_DIR:-/var/run/durable-workflows-engine}"

answers() { docker info > /dev/null 2>&1; }

start() {
    if answers; then
        echo "a Docker engine is running already"
        return
    fi
    command -v dockerd > /dev/null || { echo "error: no dockerd: install docker.io and iptables" >&2; exit 1; }
    [ "$(id -u)" = 0 ] || { echo "error: starting a Docker engine needs root" >&2; exit 1; }
    mkdir -p "$RUN"
    setsid dockerd --pidfile "$RUN/pid" > "$RUN/log" 2>&1 < /dev/null &
    local dockerd=$!
    for _ in $(seq 300); do
        answers && return
        kill -0 "$dockerd" 2> /dev/null || break
        sleep 0.2
    done
    echo "error: dockerd does not answer: $(tail -n 1 "$RUN/log")" >&2
    exit 1
}

stop() {
    [ -e "$RUN/pid" ] || return 0
    local dockerd
    dockerd="$(< "$RUN/pid")"
    # A stale file may name a process that has nothing to do with it.
    if [ "$(cat "/proc/$dockerd/comm" 2> /dev/null)" = dockerd ]; then
        kill "$dockerd"
        while kill -0 "$dockerd" 2> /dev/null; do sleep 0.2; done
    fi
    rm -rf "$RUN"
}

case "${1:-}" in
    start | stop) "$1" ;;
    *) echo "usage: docker/engine.sh start|stop" >&2; exit 2 ;;
esac
