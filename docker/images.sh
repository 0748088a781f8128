#!/usr/bin/env bash
# `make images`: builds every image of docker-compose.yml from source, under the official names, for a host that
# reaches no image registry. Needs a running Docker engine, root (debootstrap), go >= 1.26.4, debootstrap,
# busybox-static, and package indexes (Debian's, Go's, Python's). What is built stays: an image is built again only
# when what it is made from has changed, and an official image of the name is left alone.
#   docker/images.sh                    every image
#   docker/images.sh temporal VERSION   Temporal's server and admin tools alone, of another version
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=docker/source/versions.sh
. docker/source/versions.sh
[ "${1:-}" != temporal ] || TEMPORAL_VERSION="${2:?usage: docker/images.sh [temporal VERSION]}"

# No buildx where there is no registry to have it from.
export DOCKER_BUILDKIT=0
CACHE="${IMAGES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/durable-workflows/images}"
LABEL=durable-workflows.made-from
BASE="durable-workflows/base:$DEBIAN"
SERVER_MODULE="go.temporal.io/server@v$TEMPORAL_VERSION"
UI_MODULE="github.com/temporalio/ui-server/v2@v$UI_VERSION"
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

fail() { echo "error: $*" >&2; exit 1; }
need() { command -v "$1" > /dev/null || fail "no $1: install it first ($2)"; }
digest() { cat "$@" | sha256sum | cut -c1-16; }
made_from() { docker image inspect --format "{{ index .Config.Labels \"$LABEL\" }}" "$1" 2> /dev/null || echo none; }

# fresh IMAGE DIGEST: true when the image is there and made from this, or is not ours to replace.
fresh() {
    local found
    found="$(made_from "$1")"
    [ "$found" != "" ] || { echo "$1: an image that was not built here; kept"; return 0; }
    [ "$found" = "$2" ] && echo "$1: up to date"
}

# build IMAGE DIGEST DOCKERFILE CONTEXT WHAT-IT-IS [ARGUMENT…]
build() {
    local image="$1" made="$2" file="$3" context="$4" what="$5"
    echo "$image: build"
    docker build -t "$image" -f "$file" --label "$LABEL=$made" --label "durable-workflows.stand-in=$what" \
        "${@:6}" "$context" > "$WORK/build.log" 2>&1 || { cat "$WORK/build.log" >&2; exit 1; }
}

# go_program NAME PACKAGE@VERSION: prints the path of the program, built once for each version.
go_program() {
    local folder="$CACHE/go/$1-${2##*@}"
    if [ ! -e "$folder/$1" ]; then
        need go "go >= 1.26.4"
        rm -rf "$folder" "$folder.new"
        # Every one of these programs is called after its folder, `server` twice: each gets a GOBIN of its own.
        GOBIN="$folder.new" CGO_ENABLED=0 nice go install -trimpath -ldflags="-s -w" "$2" >&2
        mv "$folder.new"/* "$folder.new/$1.program"
        mv "$folder.new/$1.program" "$folder.new/$1"
        mv "$folder.new" "$folder"
    fi
    echo "$folder/$1"
}

# module_folder MODULE@VERSION: prints where the module's files are.
module_folder() {
    need go "go >= 1.26.4"
    (cd "$WORK" && go mod download -json "$1") | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'
}

# busybox_root FOLDER: fills it with what an Alpine image has that our images use.
busybox_root() {
    need busybox busybox-static
    mkdir -p "$1"/{bin,etc/ssl/certs,tmp,root,proc,sys,dev,usr/local/bin,home/temporal,run,var}
    chmod 1777 "$1/tmp"
    install "$(command -v busybox)" "$1/bin/busybox"
    busybox --list | grep -vx busybox | while read -r applet; do ln -s busybox "$1/bin/$applet"; done
    printf 'root:x:0:0::/root:/bin/sh\ntemporal:x:1000:1000::/home/temporal:/bin/sh\n' > "$1/etc/passwd"
    printf 'root:x:0:\ntemporal:x:1000:\n' > "$1/etc/group"
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
}

# shellcheck source=docker/source/recipes.sh
. docker/source/recipes.sh

docker info > /dev/null 2>&1 || fail "no Docker engine answers: start one first (docker/engine.sh start)"
mkdir -p "$CACHE"
if [ "${1:-}" = temporal ]; then
    server_image
    admin_tools_image
    exit
fi
base_image
postgres_image
server_image
admin_tools_image
ui_image
python_image
prometheus_image
worker_image
