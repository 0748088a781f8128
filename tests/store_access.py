"""What roles may do in a PostgreSQL store."""

from dataclasses import dataclass

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, Executable, column, delete, insert, table, text, update
from sqlalchemy.exc import DBAPIError

from temporal.config import StoreSettings

PUBLIC_ROLES = ("anon", "authenticated")
WORKER_ROLE = "durable_worker"


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
