"""Opens the store: a SQLite file, or PostgreSQL."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from temporal.config import DATABASE_ALLOWED, ConfigError, StoreSettings
from temporal.store.errors import StoreError

FILE_NAME = "store.db"


def open_store(settings: StoreSettings) -> Engine:
    """Opens the store without connecting to it yet; `prepare_store` comes next.

    Args:
        settings: Where it is, and how long a statement or a lock may take.

    Returns:
        An engine that threads may share; every statement and lock is bounded by `settings.timeout`.

    Raises:
        ConfigError: `settings.database_url` cannot be used.
        StoreError: The file's folder cannot be made.
    """
    try:
        url = _url(settings)
        if url.get_backend_name() == "sqlite":
            return _open_sqlite(url, settings.timeout)
        from temporal.store.postgresql import open_postgresql  # the driver, only when needed

        return open_postgresql(url, settings.timeout)
    except (SQLAlchemyError, ValueError):
        # Not chained: the original may quote the password.
        raise ConfigError(
            [f"DATABASE_URL='***': allowed: {DATABASE_ALLOWED}, @ in a password as %40"]
        ) from None


def _url(settings: StoreSettings) -> URL:
    if not settings.database_url:
        return URL.create("sqlite", database=str(settings.data_dir / FILE_NAME))
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return url
    host = url.host or ""
    host.encode("idna")  # as the driver will, which lets the UnicodeError through
    if "@" in host:
        raise ValueError("the host begins with the rest of a password")
    return url.set(drivername="postgresql+psycopg")


def _open_sqlite(url: URL, timeout: float) -> Engine:
    if not url.database or url.database == ":memory:" or url.query:
        raise ValueError("SQLite must be a file")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{Path(url.database).parent}: cannot be made: {error.strerror}") from None
    # One connection, because SQLite has one writer: threads then queue here in order, where SQLite would have
    # them sleep and try again.
    engine = create_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=timeout,
        connect_args={"timeout": timeout},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # no transactions of sqlite3's own
        connection.execute(
            "PRAGMA synchronous=FULL"
        )  # in WAL mode NORMAL may lose the last commits at a power cut

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Takes the write lock now: a transaction that reads first and writes later fails at once, without
        # waiting, when another one wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
