#!/bin/sh
# Makes the roles that the running services log in with: they read and write rows, and own no table. The owners
# (temporal, app) are left to the jobs that bring a schema up to date. May run at every start, after databases.sh.
set -eu

secret() { cat "/run/secrets/$1"; }

PGPASSWORD="$(secret postgres_password)"
export PGPASSWORD

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --set server="$(secret temporal_server_password)" \
    --set worker="$(secret app_worker_password)" << 'SQL'
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest('{temporal_server,app_worker}'::text[]) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE temporal_server PASSWORD :'server';
ALTER ROLE app_worker PASSWORD :'worker';
-- The migrations of the application give this role what a worker must be able to do.
GRANT durable_worker TO app_worker;
GRANT CONNECT ON DATABASE app TO app_worker;
GRANT CONNECT ON DATABASE temporal, temporal_visibility TO temporal_server;
SQL

for database in temporal temporal_visibility; do
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname "$database" << 'SQL'
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO temporal_server;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO temporal_server;
ALTER DEFAULT PRIVILEGES FOR ROLE temporal IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO temporal_server;
ALTER DEFAULT PRIVILEGES FOR ROLE temporal IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO temporal_server;
SQL
done
