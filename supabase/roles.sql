-- The roles that the migrations give rights to, made only where they are missing. A Supabase project has the
-- first three; the fourth is the workers', see temporal/store/migrations/row_security.py.
-- Supabase's CLI applies this file before the migrations. Elsewhere run it as a role that may create roles.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('anon', 'NOLOGIN NOINHERIT'),
        ('authenticated', 'NOLOGIN NOINHERIT'),
        ('service_role', 'NOLOGIN NOINHERIT BYPASSRLS'),
        ('durable_worker', 'NOLOGIN')
    ) AS roles (name, options) LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.options);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another session was first
            END;
        END IF;
    END LOOP;
END $$;
