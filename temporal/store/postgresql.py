"""Opens PostgreSQL, also behind a pooler in transaction mode.

Such a pooler (PgBouncer, Supabase's Supavisor) gives every transaction another server connection. So nothing
here outlives a transaction: no prepared statements, no session settings, no start-up options.
"""

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from temporal.store.bounded_connection import BoundedConnection

GRACE_SECONDS = 1.0
"""How much longer than PostgreSQL itself the client waits: the server's word says more than its silence."""


def open_postgresql(url: URL, timeout: float) -> Engine:
    """Opens PostgreSQL without connecting to it yet.

    Args:
        url: With the driver psycopg.
        timeout: How long a connect, a statement or a lock may take, in seconds; a connect at least 2.
    """
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

    @event.listens_for(engine, "do_connect")
    def connect(
        dialect: object, record: object, arguments: Sequence[str], options: dict[str, Any]
    ) -> BoundedConnection:
        connection = BoundedConnection.connect(*arguments, **options)
        connection.patience = timeout + GRACE_SECONDS
        return connection

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The third frees the key that a stopped process (SIGSTOP, a frozen host) holds locked.
        connection.exec_driver_sql(
            f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds};"
            f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}"
        )

    return engine
