#!/bin/sh
# Runs a command with DATABASE_URL made from the application's secret: `docker inspect` never shows it.
set -eu

DATABASE_URL="postgresql://app:$(cat /run/secrets/app_password)@postgresql:5432/app"
export DATABASE_URL
exec "$@"
