"""Opens the store: a SQLite file, or PostgreSQL, also behind a pooler in transaction mode.

Such a pooler (PgBouncer, Supabase's Supavisor) gives every transaction another server connection. So nothing
here outlives a transaction: no prepared statements, no session settings, no start-up options.
"""

import math
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from temporal.config import StoreSettings
from temporal.store.errors import StoreError
from temporal.store.prepare import prepare_store

__all__ = ["StoreError", "open_store", "prepare_store"]

FILE_NAME = "store.db"


def open_store(settings: StoreSettings) -> Engine:
    """Opens the store without connecting to it yet; `prepare_store` comes next.

    Args:
        settings: Where it is, and how long a statement or a lock may take.

    Returns:
        An engine that threads may share; every transaction is bounded by `settings.timeout`.

    Raises:
        StoreError: The URL cannot be used, or the file's folder cannot be made.
    """
    url = _url(settings)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, settings.timeout)
    return _open_postgresql(url, settings.timeout)


def _url(settings: StoreSettings) -> URL:
    if not settings.database_url:
        return URL.create("sqlite", database=str(settings.data_dir / FILE_NAME))
    try:
        url = make_url(settings.database_url)
    except (SQLAlchemyError, ValueError):
        raise StoreError("DATABASE_URL: not a database URL") from None  # the error would quote the password
    if url.get_backend_name() == "sqlite":
        return url
    return url.set(drivername="postgresql+psycopg")


def _open_sqlite(url: URL, timeout: float) -> Engine:
    if not url.database or url.database == ":memory:" or url.query:
        raise StoreError("DATABASE_URL: SQLite must be a file, sqlite:///FILE")
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


def _open_postgresql(url: URL, timeout: float) -> Engine:
    milliseconds = math.ceil(timeout * 1000)
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",  # an insert that waited for another attempt must then see its row
        pool_pre_ping=True,
        pool_timeout=timeout,
        connect_args={
            "application_name": "durable-workflows",
            "prepare_threshold": None,
            "connect_timeout": max(2, math.ceil(timeout)),  # libpq's least
            # A network that goes away without a word ends the call instead of leaving it hanging.
            "tcp_user_timeout": milliseconds,
            "keepalives_idle": max(1, math.ceil(timeout)),
            "keepalives_interval": 1,
            "keepalives_count": 3,
        },
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The third frees the key that a stopped process (SIGSTOP, a frozen host) holds locked.
        connection.exec_driver_sql(
            f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds};"
            f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}"
        )

    return engine
