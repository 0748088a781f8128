"""Preparing the store: who migrates, who refuses, and that two at once do no harm."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import Cursor
from sqlalchemy import Connection, Engine, event, inspect, text

from temporal.config import StoreSettings
from temporal.store.errors import StoreError
from temporal.store.migrations.upgrade import known_revisions
from temporal.store.prepare import HEAD, migrate, prepare_store, revision_of
from temporal.store.schema import metadata
from tests.store_steps import Step, opened, stored_steps

pytest_plugins = ["tests.store_fixtures"]

PROCESSES = 4


def test_head_is_the_newest_migration() -> None:
    assert known_revisions()[0] == HEAD


def test_the_migrations_make_the_schema_that_the_program_uses(store: Engine) -> None:
    with store.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert set(inspect(store).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_migrating_again_keeps_what_is_stored(store: Engine) -> None:
    Step("kept").run(store)
    migrate(store)
    prepare_store(store)
    assert revision_of(store) == HEAD
    assert stored_steps(store) == [("run/1", "kept")]


def test_a_fresh_file_is_migrated_when_it_is_prepared(sqlite_settings: StoreSettings) -> None:
    with opened(sqlite_settings) as store:
        prepare_store(store)
        assert revision_of(store) == HEAD
        with store.begin() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL


def test_processes_that_prepare_the_same_file_at_once_all_succeed(sqlite_settings: StoreSettings) -> None:
    command = [sys.executable, "-m", "tests.store_steps", sqlite_settings.database_url, "1"]
    with ExitStack() as started:
        processes = [
            started.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(PROCESSES)
        ]
        for process in processes:
            started.callback(process.kill)
        outputs = [process.communicate("first\n")[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * PROCESSES
    assert outputs == ['ready\n["first-0"]\n'] * PROCESSES


def test_preparing_a_file_waits_for_a_process_that_only_looks_at_it(sqlite_settings: StoreSettings) -> None:
    with opened(sqlite_settings) as store:
        path = str(store.url.database)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            tries = []

            def end_at_the_second_try(statement: str) -> None:
                tries.append(statement)
                if statement == "PRAGMA journal_mode=WAL" and tries.count(statement) == 2:
                    other.execute("ROLLBACK")

            event.listen(store, "connect", lambda raw, _: raw.set_trace_callback(end_at_the_second_try))
            migrate(store)
        assert revision_of(store) == HEAD


def test_migrations_at_once_leave_one_schema(store_settings: StoreSettings) -> None:
    together = Barrier(4, timeout=60)

    def attempt(_: int) -> str | None:
        with opened(store_settings) as store:
            together.wait()
            migrate(store)
            return revision_of(store)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(attempt, range(4))) == [HEAD] * 4


@pytest.mark.postgres
def test_a_postgresql_without_a_schema_is_refused_with_the_command_to_run(
    postgres_settings: StoreSettings,
) -> None:
    with opened(postgres_settings) as store:
        with pytest.raises(StoreError) as refusal:
            prepare_store(store)
        assert revision_of(store) is None
    assert "python -m temporal.store migrate" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_schema_of_a_later_version_is_refused_and_stays(store: Engine) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (prepare_store, migrate):
        with pytest.raises(StoreError, match="9999"):
            refused(store)
    assert revision_of(store) == "9999"


@pytest.mark.postgres
def test_a_migration_may_take_longer_than_the_timeout_of_a_statement(
    postgres_settings: StoreSettings,
) -> None:
    with opened(replace(postgres_settings, timeout=1)) as store:

        @event.listens_for(store, "before_cursor_execute")
        def make_it_long(_: Connection, cursor: Cursor[object], statement: str, *__: object) -> None:
            if "CREATE TABLE effects" in statement:
                cursor.execute("SELECT pg_sleep(2.5)")

        migrate(store)
        assert revision_of(store) == HEAD
