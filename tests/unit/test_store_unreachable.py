"""A database that is lost, locked, frozen or not there: StoreError in one line, without SQL or password."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy.exc
from sqlalchemy import Engine, make_url, text

from temporal.config import StoreSettings
from temporal.messages.work import StepResult
from temporal.store.contract import Writes
from temporal.store.errors import StoreError
from temporal.store.prepare import prepare_store
from tests.store_relay import relay_to
from tests.store_steps import Step, a_call, opened, stored_steps

pytest_plugins = ["tests.store_fixtures"]

SHORT = 1.0
"""A timeout that a test waits for, in seconds."""


@contextmanager
def refusal() -> Iterator[None]:
    """Expects StoreError: one line, no SQL, nothing of the passwords in this module."""
    with pytest.raises(StoreError) as refused:
        yield
    line = str(refused.value)
    assert line
    assert "\n" not in line
    assert "secret" not in line
    for word in ("INSERT", "SELECT", "BEGIN", "VALUES", "(psycopg", "(sqlite3"):
        assert word not in line
    assert refused.value.__cause__ is None


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"postgresql://worker:my-secret@127.0.0.1:{held.getsockname()[1]}/db"
        with opened(StoreSettings(database_url=url, timeout=SHORT)) as store, refusal():
            prepare_store(store)


def test_a_server_that_accepts_and_says_nothing_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://worker:my-secret@127.0.0.1:{silent.getsockname()[1]}/db"
        with opened(StoreSettings(database_url=url, timeout=SHORT)) as store, refusal():
            prepare_store(store)


@pytest.mark.postgres
def test_a_wrong_password_is_an_error_that_does_not_tell_it(postgres_settings: StoreSettings) -> None:
    wrong = "my-secret"
    url = make_url(postgres_settings.database_url).set(password=wrong)
    settings = replace(postgres_settings, database_url=url.render_as_string(hide_password=False))
    with opened(settings) as store, refusal():
        prepare_store(store)


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_text("this is no database, and it is a secret\n" * 100)
    with opened(StoreSettings(database_url=f"sqlite:///{file}", timeout=SHORT)) as store, refusal():
        prepare_store(store)


def test_a_store_that_another_transaction_locks_is_an_error_until_it_is_free(
    store: Engine, store_settings: StoreSettings
) -> None:
    with opened(replace(store_settings, timeout=SHORT)) as hasty, store.begin() as other:
        if store.dialect.name == "postgresql":
            other.execute(text("LOCK TABLE effects IN ACCESS EXCLUSIVE MODE"))
        with refusal():
            Step(subject="my secret tea").run(hasty)
    Step("free").run(store)
    assert stored_steps(store) == [("run/1", "free")]


def test_a_process_whose_threads_hold_every_connection_is_an_error(store_settings: StoreSettings) -> None:
    with opened(replace(store_settings, timeout=0.1)) as store, ExitStack() as held:
        with pytest.raises(sqlalchemy.exc.TimeoutError):
            _hold_every_connection(store, held)
        with refusal():
            prepare_store(store)


@pytest.mark.postgres
@pytest.mark.parametrize("point", ["between transactions", "in a transaction"])
def test_a_server_that_freezes_is_an_error_and_nothing_has_happened(
    postgres_settings: StoreSettings, postgres_store: Engine, point: str
) -> None:
    with relay_to(postgres_store.url) as relay:
        url = relay.url(postgres_store.url)

        class Frozen(Step):
            def apply(self, writes: Writes) -> StepResult:
                relay.frozen.set()
                return super().apply(writes)

        with opened(replace(postgres_settings, database_url=url, timeout=SHORT)) as store:
            prepare_store(store)
            if point == "between transactions":
                relay.frozen.set()
            with refusal():
                Frozen("first").run(store)
    Step("second").run(postgres_store)
    assert stored_steps(postgres_store) == [("run/1", "second")]


@pytest.mark.postgres
def test_a_connection_lost_between_transactions_is_replaced(
    postgres_store: Engine, postgres_url: str
) -> None:
    Step("before", call=a_call("run/1")).run(postgres_store)
    _end_connections(postgres_store, postgres_url)
    Step("after", call=a_call("run/2")).run(postgres_store)
    assert stored_steps(postgres_store) == [("run/1", "before"), ("run/2", "after")]


@pytest.mark.postgres
def test_a_connection_lost_in_a_transaction_is_an_error_and_leaves_nothing(
    postgres_store: Engine, postgres_url: str
) -> None:
    class Lost(Step):
        def apply(self, writes: Writes) -> StepResult:
            result = super().apply(writes)
            _end_connections(postgres_store, postgres_url)
            return result

    with refusal():
        Lost("first").run(postgres_store)
    Step("second").run(postgres_store)
    assert stored_steps(postgres_store) == [("run/1", "second")]


def _hold_every_connection(store: Engine, held: ExitStack) -> None:
    while True:
        held.enter_context(store.connect())


def _end_connections(store: Engine, postgres_url: str) -> None:
    """Ends all connections to the store's database, as a restart of the server does."""
    query = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        assert server.execute(query, [store.url.database]).fetchall()
