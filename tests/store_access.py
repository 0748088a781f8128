"""What roles may do in a PostgreSQL store."""

import json
from dataclasses import dataclass

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, Executable, column, delete, insert, table, text, update
from sqlalchemy.exc import DBAPIError

from temporal.config import StoreSettings

PUBLIC_ROLES = ("anon", "authenticated")
SERVICE_ROLE = "service_role"
WORKER_ROLE = "durable_worker"
ROLES = (*PUBLIC_ROLES, SERVICE_ROLE, WORKER_ROLE)

AS_SUPABASE = """
    GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
"""
"""What a new Supabase project says about its schema `public`."""


@dataclass(frozen=True)
class SecuredStore:
    """A migrated store: `owner` made it, `worker` is the settings of a login that is only a worker."""

    owner: Engine
    worker: StoreSettings

    def may(self, role: str, statement: Executable) -> bool:
        """Tells whether a role may run a statement; what it does is undone."""
        with self.owner.connect() as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            try:
                connection.execute(statement)
            except DBAPIError as error:
                return not isinstance(error.orig, InsufficientPrivilege)
            return True

    def rows(self, role: str, statement: Executable) -> int:
        """Returns how many rows a statement of a role sees or changes."""
        with self.owner.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            return connection.execute(statement).rowcount

    def seen(self, claims: dict[str, object], statement: Executable) -> list[object]:
        """Returns the first column of what a signed-in person sees, as Supabase's API asks for them."""
        with self.owner.begin() as connection:
            connection.execute(
                text("SELECT set_config('request.jwt.claims', :claims, true)"), {"claims": json.dumps(claims)}
            )
            connection.execute(text("SET LOCAL ROLE authenticated"))
            return list(connection.scalars(statement).all())


def changes(name: str) -> dict[str, Executable]:
    """Statements that change a table, by the privilege they need."""
    text_column = "version_num" if name == "alembic_version" else "workflow_id"
    changed = table(name, column(text_column))
    return {
        "INSERT": insert(changed),
        "UPDATE": update(changed).values({text_column: "forged"}),
        "DELETE": delete(changed),
        "TRUNCATE": text(f"TRUNCATE {name}"),
    }
