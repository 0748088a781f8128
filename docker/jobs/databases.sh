#!/bin/sh
# Makes the roles and databases of Temporal and of the application, and sets the roles' passwords to the secrets'.
# May run at every start. Neither role can enter the other's database.
set -eu

secret() { cat "/run/secrets/$1"; }

PGPASSWORD="$(secret postgres_password)"
export PGPASSWORD

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 \
    --set temporal="$(secret temporal_password)" --set app="$(secret app_password)" << 'SQL'
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest('{temporal,app}'::text[]) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
-- The store's migrations give it a worker's rights, if it is there; docker-compose.secure.yml has workers log in so.
SELECT 'CREATE ROLE durable_worker NOLOGIN'
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'durable_worker') \gexec
ALTER ROLE temporal PASSWORD :'temporal';
ALTER ROLE app PASSWORD :'app';

SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
    FROM (VALUES ('temporal', 'temporal'), ('temporal_visibility', 'temporal'), ('app', 'app')) AS wanted (name, owner)
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
REVOKE ALL ON DATABASE temporal, temporal_visibility, app FROM PUBLIC;
SQL
