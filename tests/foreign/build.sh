#!/bin/sh
# Builds the workers of other SDKs below build/foreign, which git ignores. Needs Go, Node and npm.
set -eu
cd "$(dirname "$0")"
target=$(cd ../.. && pwd)/build/foreign
mkdir -p "$target/typescript"

(cd go && CGO_ENABLED=0 GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false -o "$target/go-worker" .)

cp -R typescript/. "$target/typescript"
cd "$target/typescript"
# Installed again only when the lock file has changed; no package's install script is needed.
if ! cmp -s package-lock.json installed-lock.json; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json installed-lock.json
fi
npm run --silent build
