"""A PostgreSQL connection whose calls end also when the other side just says nothing.

Timeouts that the server keeps and those of TCP do not cover a frozen server, nor a pooler that has no server
connection to give: the one keeps no time, and behind both a kernel still answers.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready
from sqlalchemy import Connection

R = TypeVar("R")

WAKE_SECONDS = 0.1
"""How often a waiting call looks at the clock."""


class BoundedConnection(psycopg.Connection[tuple[object, ...]]):
    """Closes itself when an answer takes longer than `patience`, in seconds; None waits for ever."""

    patience: float | None = None

    def wait(self, gen: PQGen[R], interval: float = WAKE_SECONDS, timeout: float | None = None) -> R:
        """Waits for the server as every call of a connection does.

        Raises:
            psycopg.OperationalError: No answer came in time; whether the server did it is unknown.
        """
        return super().wait(self._bounded(gen), interval, timeout)

    def _bounded(self, gen: PQGen[R]) -> PQGen[R]:
        patience = self.patience
        started = time.monotonic()
        try:
            state = next(gen)
            while True:
                ready = yield state
                if ready == Ready.NONE and patience is not None and time.monotonic() - started > patience:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"no answer within {patience:g} seconds")
                state = gen.send(ready)
        except StopIteration as end:
            result: R = end.value
            return result


@contextmanager
def unbounded(connection: Connection) -> Iterator[None]:
    """Lets the block's statements take as long as they need."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, BoundedConnection):
        yield
        return
    patience, driver.patience = driver.patience, None
    try:
        yield
    finally:
        driver.patience = patience
