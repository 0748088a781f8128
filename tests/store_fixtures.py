"""pytest plugin: a store to test with, in a SQLite file and, for tests marked `postgres`, in PostgreSQL.

A test module asks for it by `pytest_plugins = ["tests.store_fixtures"]`.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url

from temporal.config import StoreSettings
from temporal.store.prepare import migrate
from tests.postgres_server import postgres_server
from tests.store_steps import opened

TIMEOUT = 20.0
"""Of statements and locks, in seconds; generous, because the machine may be busy."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL superuser: TEST_DATABASE_URL's, or a server started for this run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_settings(postgres_url: str) -> Iterator[StoreSettings]:
    """An empty PostgreSQL database of the test's own."""
    name = f"store_{secrets.token_hex(6)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(create)
        try:
            url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
            yield StoreSettings(database_url=url, timeout=TIMEOUT)
        finally:
            server.execute(drop)


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> StoreSettings:
    """A SQLite file of the test's own, not made yet."""
    return StoreSettings(database_url=f"sqlite:///{tmp_path / 'store.db'}", timeout=TIMEOUT)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_settings(request: pytest.FixtureRequest) -> StoreSettings:
    """An empty database of each kind; the test runs once for each."""
    settings: StoreSettings = request.getfixturevalue(f"{request.param}_settings")
    return settings


@pytest.fixture
def store(store_settings: StoreSettings) -> Iterator[Engine]:
    """A migrated store of each kind."""
    with opened(store_settings) as engine:
        migrate(engine)
        yield engine


@pytest.fixture
def sqlite_store(sqlite_settings: StoreSettings) -> Iterator[Engine]:
    """A migrated SQLite file, where a test is about SQLite."""
    with opened(sqlite_settings) as engine:
        migrate(engine)
        yield engine


@pytest.fixture
def postgres_store(postgres_settings: StoreSettings) -> Iterator[Engine]:
    """A migrated PostgreSQL database, where a test is about PostgreSQL."""
    with opened(postgres_settings) as engine:
        migrate(engine)
        yield engine
