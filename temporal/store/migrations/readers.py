"""Who may read the store through Supabase: its roles, and for a signed-in person only what concerns them.

Supabase's API sets the role and, from the request's token, `request.jwt.claims`. A person is known by the
claims `sub` and `email`. Groups are the claim `groups`, at the top or in `app_metadata`, which the project
sets; never `user_metadata`, which people edit themselves. A name that begins with `group:`, or that stands
for nobody (`timeout`), is nobody's.

`service_role` passes by every policy (BYPASSRLS): it reads all and is left no right to write.
"""

from alembic import op

from temporal.store.migrations.row_security import if_role

PERSON_ROLE = "authenticated"
SERVICE_ROLE = "service_role"

# Each is one select without a reference to the row, which runs once a statement and not once a row.
ME = """ARRAY(SELECT name
    FROM (SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb)
        AS token (claims),
    unnest(ARRAY[claims ->> 'sub', claims ->> 'email']) AS name
    WHERE name <> '' AND name NOT LIKE 'group:%' AND lower(name) <> 'timeout')"""
"""The names of who asks, in SQL."""

MY_GROUPS = """ARRAY(SELECT 'group:' || name
    FROM (SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb)
        AS token (claims),
    unnest(ARRAY[claims -> 'groups', claims #> '{app_metadata,groups}']) AS list,
    jsonb_array_elements_text(CASE jsonb_typeof(list) WHEN 'array' THEN list ELSE '[]' END) AS name)"""
"""The groups of who asks, as notifications name them, in SQL."""


def concerns(*columns: str) -> str:
    """Returns the condition, in SQL, that one of the columns names who asks."""
    return " OR ".join(f"{column} = ANY ({ME})" for column in columns)


def concerns_recipient() -> str:
    """Returns the condition, in SQL, that who asks, or their group, is the recipient."""
    return f"recipient = ANY ({ME} || {MY_GROUPS})"


def let_read(table: str, condition: str) -> None:
    """Lets signed-in people read the rows for which the condition holds; PostgreSQL only."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(f"CREATE POLICY concerned ON {table} FOR SELECT USING ({condition})")
    if_role(PERSON_ROLE, f"GRANT SELECT ON {table} TO {PERSON_ROLE}")


def let_service_read(*tables: str) -> None:
    """Leaves Supabase's `service_role` the right to read the tables, and no other; PostgreSQL only."""
    if op.get_context().dialect.name != "postgresql":
        return
    for table in tables:
        if_role(SERVICE_ROLE, f"REVOKE ALL ON {table} FROM {SERVICE_ROLE}")
        if_role(SERVICE_ROLE, f"GRANT SELECT ON {table} TO {SERVICE_ROLE}")


def close_to_service(*sequences: str) -> None:
    """Leaves `service_role` no right on the sequences; PostgreSQL only."""
    if op.get_context().dialect.name == "postgresql":
        for sequence in sequences:
            if_role(SERVICE_ROLE, f"REVOKE ALL ON SEQUENCE {sequence} FROM {SERVICE_ROLE}")
