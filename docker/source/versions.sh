# Sourced by docker/images.sh: what the images are built from. The tags are those of docker-compose.yml.
# shellcheck shell=sh disable=SC2034
DEBIAN=bookworm
TEMPORAL_VERSION=1.32.1
UI_VERSION=2.55.0
PYTHON_VERSION=3.11
PROMETHEUS_VERSION=2.53.0
WORKER_VERSION=0.1.0
