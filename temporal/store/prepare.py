"""Brings the store to the schema this program was written for, or says what to do."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from temporal.store.errors import StoreError, store_errors, store_name

HEAD = "0001"
"""The newest revision in `migrations/`; a constant, because importing Alembic would slow a worker's start."""

LOCK_SECONDS = 30
"""How long another process may take to prepare the same file; a migration takes well under a second."""


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
            with _file_lock(Path(f"{engine.url.database}.lock")):
                _switch_to_wal(engine)
                _upgrade(engine)
        else:
            _upgrade(engine)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(engine: Engine) -> None:
    from temporal.store.migrations.upgrade import known_revisions, upgrade  # Alembic, only when needed

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('durable-workflows store'))"))
        revision = _revision(connection)
        if revision not in (None, *known_revisions()):
            raise StoreError(
                f"{store_name(engine)}: schema {revision} is unknown here, this program knows up to {HEAD}: "
                "run the version of the program that made it"
            )
        upgrade(connection)


def _switch_to_wal(engine: Engine) -> None:
    # The file remembers it. Under the lock, because two processes that switch at once fail without waiting.
    with closing(engine.raw_connection()) as connection:  # the pragma is refused within a transaction
        connection.cursor().execute("PRAGMA journal_mode=WAL")


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    deadline = time.monotonic() + LOCK_SECONDS
    try:
        with path.open("w") as file:
            while not _locked(file.fileno()):
                if time.monotonic() > deadline:
                    raise StoreError(f"{path}: another process has been preparing the store for too long")
                time.sleep(0.02)
            yield
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel drops it when the process dies
    except BlockingIOError:
        return False
    return True
