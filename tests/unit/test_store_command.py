"""`python -m temporal.store` as people and deploys run it: outputs, exit codes, one line an error."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from temporal.config import StoreSettings
from temporal.store.prepare import HEAD
from temporal.store.schema import effects, metadata
from tests.store_steps import Step, a_call, opened, stored_keys

pytest_plugins = ["tests.store_fixtures"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the command in an empty folder, where no `.env` speaks."""
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, url: str) -> "subprocess.CompletedProcess[str]":
    variables = os.environ | {"DATABASE_URL": url, "STORE_TIMEOUT_SECONDS": "20"}
    command = [sys.executable, "-m", "temporal.store", *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def facts(done: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    """The JSON object that a run printed, and nothing else."""
    assert done.stderr == ""
    found: dict[str, object] = json.loads(done.stdout)
    return found


def assert_one_line(done: "subprocess.CompletedProcess[str]", exit_code: int) -> None:
    assert done.returncode == exit_code
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_migrate_makes_the_schema_and_then_has_nothing_to_do(store_settings: StoreSettings) -> None:
    first, second = (run("migrate", "--json", url=store_settings.database_url) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert [facts(first)[name] for name in ("before", "revision")] == [None, HEAD]
    assert [facts(second)[name] for name in ("before", "revision")] == [HEAD, HEAD]


def test_status_of_a_store_without_a_schema_fails(store_settings: StoreSettings) -> None:
    done = run("status", "--json", url=store_settings.database_url)
    assert done.returncode == 1
    found = facts(done)
    assert (found["revision"], found["head"], found["current"]) == (None, HEAD, False)


def test_status_counts_the_rows(store: Engine, store_settings: StoreSettings) -> None:
    for key in ("run/1", "run/2"):
        Step(call=a_call(key)).run(store)
    done = run("status", "--json", url=store_settings.database_url)
    assert done.returncode == 0
    found = facts(done)
    assert (found["revision"], found["current"]) == (HEAD, True)
    assert {table: found[table] for table in metadata.tables} == {
        "effects": 2,
        "steps": 2,
        "events": 0,
        "notifications": 0,
        "decisions": 0,
        "audit": 0,
        "deliveries": 0,
    }
    assert found["database"] == store.url.render_as_string(hide_password=True)


def test_status_is_readable_without_json(store: Engine, store_settings: StoreSettings) -> None:
    Step().run(store)
    done = run("status", url=store_settings.database_url)
    assert done.returncode == 0
    assert {f"revision: {HEAD}", "steps: 1", "decisions: 0"} <= {*done.stdout.splitlines()}


def test_prune_deletes_what_is_older_than_the_days(store: Engine, store_settings: StoreSettings) -> None:
    for key in ("run/1", "run/2", "business"):
        Step(call=a_call(key)).run(store)
    old = datetime.now(UTC) - timedelta(days=31)
    with store.begin() as connection:
        connection.execute(update(effects).where(effects.c.key != "run/2").values(created_at=old))
    done = run("prune", "--older-than-days", "30", "--json", url=store_settings.database_url)
    assert done.returncode == 0
    assert facts(done) == {"pruned": 1}
    assert stored_keys(store) == ["business", "run/2"]


@pytest.mark.postgres
def test_prune_of_a_postgresql_without_a_schema_names_the_command(postgres_settings: StoreSettings) -> None:
    done = run("prune", "--older-than-days", "30", url=postgres_settings.database_url)
    assert_one_line(done, 1)
    assert "python -m temporal.store migrate" in done.stderr


@pytest.mark.parametrize("command", ["migrate", "status"])
def test_a_schema_of_a_later_version_is_refused(
    sqlite_store: Engine, sqlite_settings: StoreSettings, command: str
) -> None:
    with sqlite_store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = run(command, url=sqlite_settings.database_url)
    assert done.returncode == 1
    assert "9999" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_default_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    assert run("migrate", url="").returncode == 0
    with opened(StoreSettings(data_dir=tmp_path / ".data")) as store:
        assert stored_keys(store) == []


@pytest.mark.parametrize(
    "url",
    ["mysql://me:my-secret@localhost/db", "postgresql://me:my@secret@localhost/db"],
)
def test_a_database_url_that_cannot_be_used_is_wrong_usage(url: str) -> None:
    done = run("status", url=url)
    assert_one_line(done, 2)
    assert "DATABASE_URL" in done.stderr


@pytest.mark.parametrize("arguments", [["prune", "--older-than-days", "0"], ["drop"]])
def test_wrong_arguments_are_wrong_usage(arguments: list[str], sqlite_settings: StoreSettings) -> None:
    assert_one_line(run(*arguments, url=sqlite_settings.database_url), 2)


@pytest.mark.parametrize("command", [["migrate"], ["prune", "--older-than-days", "1"]])
def test_a_database_that_cannot_be_reached_is_one_line(command: list[str]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        address = f"127.0.0.1:{held.getsockname()[1]}"
        done = run(*command, url=f"postgresql://me:my-secret@{address}/db")
    assert_one_line(done, 1)
    assert "127.0.0.1" in done.stderr
