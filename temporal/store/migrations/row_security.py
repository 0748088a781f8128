"""PostgreSQL's row-level security for the store's tables.

Supabase publishes every table of `public` to the roles `anon` and `authenticated`, who are anybody with the
project's public key. Here they see no row, but for what `readers.py` lets signed-in people read. Owners are
not subject to policies, so a worker may log in as the owner. Better is a role that can do no more than a
worker must:

    CREATE ROLE durable_worker NOLOGIN;     -- before the first migration, as supabase/roles.sql does
    GRANT durable_worker TO the_role_workers_use;

The policies name it without requiring that it exists.
"""

from alembic import op

WORKER_ROLE = "durable_worker"
PUBLIC_ROLES = ("anon", "authenticated")


def secure(table: str, *privileges: str) -> None:
    """Closes a table to all but its owner and the worker role, which gets `privileges`; PostgreSQL only."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY worker ON {table} USING ({_IS_WORKER}) WITH CHECK ({_IS_WORKER})")
    # TRUNCATE asks no policy, so privileges go too.
    _revoke_all(table)
    if_role(WORKER_ROLE, f"GRANT {', '.join(privileges)} ON {table} TO {WORKER_ROLE}")


def secure_row_numbers(table: str) -> None:
    """Closes the sequence of a table's `id`: one `setval` by a stranger would make every insert fail.

    The worker needs no privilege on it, because the column is an identity.
    """
    if op.get_context().dialect.name == "postgresql":
        _revoke_all(f"SEQUENCE {table}_id_seq")


_IS_WORKER = (
    "EXISTS (SELECT FROM pg_catalog.pg_roles "
    f"WHERE rolname = '{WORKER_ROLE}' AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER'))"
)


def _revoke_all(target: str) -> None:
    op.execute(f"REVOKE ALL ON {target} FROM PUBLIC")
    for role in PUBLIC_ROLES:
        if_role(role, f"REVOKE ALL ON {target} FROM {role}")


def if_role(role: str, statement: str) -> None:
    """Runs a statement if the role exists; PostgreSQL only."""
    op.execute(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}') "
        f"THEN {statement}; END IF; END $$"
    )
