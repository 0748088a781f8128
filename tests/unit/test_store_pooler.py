"""What a pooler in transaction mode needs: nothing of the store's outlives a transaction."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text

from temporal.config import StoreSettings
from temporal.messages.work import StepResult
from temporal.store.effects import EffectRecord
from temporal.store.prepare import prepare_store
from temporal.store.writes import DatabaseWrites
from tests.store_steps import Step, a_call

pytest_plugins = ["tests.store_fixtures"]
pytestmark = pytest.mark.postgres

SETTINGS = [
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "default_transaction_isolation",
    "search_path",
]


@pytest.fixture
def used(postgres_store: Engine) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection on which the same statements were run more often than psycopg waits before it prepares."""
    prepare_store(postgres_store)
    for number in range(10):
        Step(call=a_call(f"run/{number}")).run(postgres_store)
        Step(call=a_call(f"run/{number}", attempt=2)).run(postgres_store)
    raw = postgres_store.raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, psycopg.Connection)
    yield connection
    raw.close()


def test_no_statement_is_prepared(used: psycopg.Connection[tuple[object, ...]]) -> None:
    assert used.execute("SELECT name FROM pg_prepared_statements").fetchall() == []


def test_settings_do_not_leak_from_a_transaction(
    used: psycopg.Connection[tuple[object, ...]], postgres_url: str
) -> None:
    with psycopg.connect(postgres_url) as fresh:
        assert _settings(used) == _settings(fresh)
    assert used.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchall() == [(0,)]


def test_an_effect_runs_under_the_timeouts_of_the_settings(
    postgres_store: Engine, postgres_settings: StoreSettings
) -> None:
    def timeouts(writes: DatabaseWrites) -> StepResult:
        for name in SETTINGS[:3]:
            assert writes.connection.scalar(text(f"SHOW {name}")) == f"{postgres_settings.timeout:g}s"
        return StepResult(step="", output="", effect_key="")

    EffectRecord(postgres_store, "worker").once(a_call(), Step().input, StepResult, timeouts)


def _settings(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name"
    return connection.execute(query, [SETTINGS]).fetchall()
