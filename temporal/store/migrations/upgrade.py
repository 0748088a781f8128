"""Runs the migrations on a connection; configured here, not in an alembic.ini, so that a wheel holds all."""

import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Applies what is missing up to `revision`, within the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def known_revisions() -> list[str]:
    """Returns every revision there is, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def revisions_as_sql() -> dict[str, str]:
    """Returns for each revision, the oldest first, what it does to a PostgreSQL one revision behind.

    Returns:
        SQL by the revision's file name without its ending. It has no transaction of its own.
    """
    sql: dict[str, str] = {}
    for script in reversed([*ScriptDirectory.from_config(_config()).walk_revisions()]):
        written = io.StringIO()
        command.upgrade(_config(written), f"{script.down_revision or 'base'}:{script.revision}", sql=True)
        sql[Path(script.path).stem] = written.getvalue()
    return sql


def _config(output: io.StringIO | None = None) -> Config:
    config = Config(output_buffer=output)
    # A per cent sign would begin an interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
