"""What a database says when it fails, in one line, without SQL, stored data or passwords."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from temporal.store.errors import StoreError


def store_name(engine: Engine) -> str:
    """Returns the database's URL without its password and options, as these may hold secrets too."""
    return engine.url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def store_errors(engine: Engine) -> Iterator[None]:
    """Turns whatever the database raises into StoreError.

    The original is not chained: a driver's further lines may quote stored values, and Temporal would copy
    them into the workflow's history.

    Raises:
        StoreError: Names the database and has the first line of what it said.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) and error.orig else error
        line = next(iter(str(said).strip().splitlines()), type(said).__name__)
        raise StoreError(f"{store_name(engine)}: {line}") from None
