"""Attempts that die or linger at named points of their transaction, each in a process of its own."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import Engine, event, text

from temporal.config import StoreSettings
from temporal.store.errors import StoreError
from tests.store_halted import AFTER_COMMIT, IN_APPLY, halted_attempt
from tests.store_steps import Step, a_call, opened, stored_keys, stored_steps

pytest_plugins = ["tests.store_fixtures"]


def test_a_process_killed_before_the_commit_leaves_nothing_and_the_next_attempt_applies(
    store: Engine, store_settings: StoreSettings
) -> None:
    with halted_attempt(store_settings, IN_APPLY) as attempt:
        attempt.kill()
    assert Step("retry", call=a_call(attempt=2)).run(store).output == "retry"
    assert stored_steps(store) == [("run/1", "retry")]


def test_a_process_killed_after_the_commit_has_done_it_and_the_retry_gets_its_result(
    store: Engine, store_settings: StoreSettings
) -> None:
    with halted_attempt(store_settings, AFTER_COMMIT) as attempt:
        attempt.kill()
    retry = Step("retry", call=a_call(attempt=2))
    assert retry.run(store).output == "zombie"
    assert not retry.applied
    assert stored_steps(store) == [("run/1", "zombie")]


def test_an_attempt_beside_a_zombie_in_its_transaction_waits_and_gets_its_result(
    store: Engine, store_settings: StoreSettings
) -> None:
    retry = Step("retry", call=a_call(attempt=2))
    wait_until_it_waits = _when_waiting(store)
    with halted_attempt(store_settings, IN_APPLY) as zombie, ThreadPoolExecutor() as pool:
        waiting = pool.submit(retry.run, store)
        wait_until_it_waits()
        assert not waiting.done()
        assert zombie.go_on() == "zombie"
        assert waiting.result().output == "zombie"
    assert not retry.applied
    assert stored_steps(store) == [("run/1", "zombie")]


@pytest.mark.postgres
def test_a_zombie_stopped_in_its_transaction_loses_the_key_after_its_timeout(
    postgres_settings: StoreSettings, postgres_store: Engine
) -> None:
    with halted_attempt(replace(postgres_settings, timeout=1), IN_APPLY) as zombie:
        zombie.process.send_signal(signal.SIGSTOP)
        assert Step("retry", call=a_call(attempt=2)).run(postgres_store).output == "retry"
        zombie.process.send_signal(signal.SIGCONT)
        assert zombie.go_on() == "StoreError"
    assert stored_steps(postgres_store) == [("run/1", "retry")]


def test_a_zombie_stopped_in_its_transaction_holds_the_file_until_it_is_killed(
    sqlite_settings: StoreSettings, sqlite_store: Engine
) -> None:
    with (
        halted_attempt(sqlite_settings, IN_APPLY) as zombie,
        opened(replace(sqlite_settings, timeout=0.1)) as hasty,
    ):
        zombie.process.send_signal(signal.SIGSTOP)
        with pytest.raises(StoreError):
            Step("retry", call=a_call(attempt=2)).run(hasty)
        zombie.kill()
        assert Step("retry", call=a_call(attempt=3)).run(hasty).output == "retry"
    assert (stored_keys(sqlite_store), stored_steps(sqlite_store)) == (["run/1"], [("run/1", "retry")])


def _when_waiting(store: Engine) -> Callable[[], object]:
    """Returns a function that returns once an attempt waits for another's transaction."""
    if store.dialect.name == "sqlite":
        # Nobody can see that a process waits for SQLite's lock: this is when it is about to.
        about_to_begin = Event()
        event.listen(store, "checkout", lambda *_: about_to_begin.set())
        return about_to_begin.wait

    def poll() -> None:
        query = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while True:
            with store.begin() as connection:
                if connection.scalar(text(query)):
                    return

    return poll
