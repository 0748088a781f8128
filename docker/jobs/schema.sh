#!/bin/sh
# Brings both of Temporal's databases to the schema of this version. May run at every start; never two at once.
set -eu

SQL_PASSWORD="$(cat /run/secrets/temporal_password)"
export SQL_PASSWORD

for part in temporal visibility; do
    database=temporal
    [ "$part" = temporal ] || database=temporal_visibility
    # Makes the version tables; a database that has them keeps its version.
    temporal-sql-tool --database "$database" setup-schema --version 0.0
    temporal-sql-tool --database "$database" update-schema --schema-name "postgresql/v12/$part"
done
