"""Brings the store to the schema this program was written for, or says what to do."""

import sqlite3
import time
from contextlib import closing

from sqlalchemy import Connection, Engine, inspect, text

from temporal.store.database_errors import store_errors, store_name
from temporal.store.errors import StoreError

HEAD = "0002"
"""The newest revision in `migrations/`; a constant, because importing Alembic would slow a worker's start."""

SWITCH_SECONDS = 30
"""How long other processes may keep a SQLite file busy before it is switched to WAL mode, in seconds."""


def prepare_store(engine: Engine) -> None:
    """Makes sure that the schema is this program's; to be called once, before the store is used.

    A SQLite file is migrated, also when several processes start at once. PostgreSQL is not: there a deploy
    decides when the schema changes.

    Raises:
        StoreError: The store cannot be reached, or its schema is another version's.
    """
    revision = revision_of(engine)
    if revision == HEAD:
        return
    if engine.dialect.name == "sqlite":
        migrate(engine)
        return
    found = "no schema yet" if revision is None else f"schema {revision}"
    raise StoreError(f"{store_name(engine)}: {found}, need {HEAD}: run `python -m temporal.store migrate`")


def revision_of(engine: Engine) -> str | None:
    """Returns the schema's revision; None before the first migration.

    Raises:
        StoreError: The store cannot be reached.
    """
    with store_errors(engine), engine.begin() as connection:
        return _revision(connection)


def migrate(engine: Engine) -> None:
    """Migrates to HEAD, whole or not at all. Several processes may try at once.

    Raises:
        StoreError: The store cannot be reached, is of a later version, or another process does not finish.
    """
    with store_errors(engine):
        if engine.dialect.name == "sqlite":
            _switch_to_wal(engine)
        _upgrade(engine)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(engine: Engine) -> None:
    # Alembic and the driver, only when needed.
    from temporal.store.bounded_connection import unbounded
    from temporal.store.migrations.upgrade import known_revisions, upgrade

    with engine.begin() as connection, unbounded(connection):
        if connection.dialect.name == "postgresql":
            # A statement takes as long as it takes; waiting for a lock stays bounded.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '1min'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('durable-workflows store'))"))
        revision = _revision(connection)
        if revision not in (None, *known_revisions()):
            raise StoreError(
                f"{store_name(engine)}: schema {revision} is unknown here, this program knows up to {HEAD}: "
                "run the version of the program that made it"
            )
        upgrade(connection)


def _switch_to_wal(engine: Engine) -> None:
    # The file remembers it. The pragma is refused within a transaction, and fails at once, whatever the
    # timeout, while another connection is in one: a process that only looks at the revision is enough.
    deadline = time.monotonic() + SWITCH_SECONDS
    with closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
