"""The files for Supabase's CLI: generated from Alembic's migrations, and they make the same schema."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from temporal.config import StoreSettings
from temporal.store.migrations.upgrade import upgrade
from temporal.store.prepare import HEAD, migrate, prepare_store, revision_of
from temporal.store.supabase import FOLDER, migration_files
from tests.postgres_server import newest_binaries
from tests.store_access import AS_SUPABASE
from tests.store_steps import Step, opened, stored_steps

pytest_plugins = ["tests.store_fixtures", "tests.store_roles"]

ROOT = Path(__file__).parents[2]


def run(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "temporal.store", "supabase", "--folder", str(folder), *arguments]
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)


def test_the_files_are_what_the_migrations_say() -> None:
    files = {file.name: file.read_text() for file in (ROOT / FOLDER).glob("*.sql")}
    assert files == migration_files()
    assert run("--check", folder=ROOT / FOLDER).returncode == 0


def test_the_command_writes_the_files_and_leaves_those_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "20260101000000_ours.sql").write_text("SELECT 1;")
    assert run(folder=tmp_path).stdout.split() == sorted(migration_files())
    assert run("--check", folder=tmp_path).returncode == 0
    assert {file.name for file in tmp_path.iterdir()} == {*migration_files(), "20260101000000_ours.sql"}


def test_the_check_names_each_file_that_differs_and_changes_none(tmp_path: Path) -> None:
    run(folder=tmp_path)
    first, second = sorted(migration_files())
    (tmp_path / first).write_text((tmp_path / first).read_text() + "SELECT 1;\n")
    (tmp_path / second).rename(tmp_path / "0009_gone.sql")
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    done = run("--check", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for told in (f"{first}: differs", f"{second}: is missing", "0009_gone.sql: has no revision"):
        assert told in done.stderr
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(folder=tmp_path / "file")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in done.stderr


def apply_files(url: str, pattern: str = "*.sql") -> None:
    """Applies the files in the order of their names, as Supabase's CLI does, each in a transaction."""
    for file in sorted((ROOT / FOLDER).glob(pattern)):
        with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as database:
            database.execute(file.read_bytes())


def dumped(url: str) -> list[str]:
    """Returns the schema with its rights, as pg_dump writes it."""
    dump = [str(newest_binaries() / "pg_dump"), "--schema-only", "--dbname", url]
    written = subprocess.run(dump, capture_output=True, text=True, check=True).stdout
    # The one word that differs each time.
    return [line for line in written.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


@pytest.mark.postgres
@pytest.mark.parametrize("project", ["supabase", "plain"])
def test_the_files_make_the_schema_that_alembic_makes(
    worker_login: tuple[str, str], postgres_settings: StoreSettings, project: str
) -> None:
    assert worker_login  # the roles are there
    schemas = []
    for make in (migrate, lambda engine: apply_files(postgres_settings.database_url)):
        with opened(postgres_settings) as store:
            with store.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
                if project == "supabase":
                    connection.execute(text(AS_SUPABASE))
            make(store)
            assert revision_of(store) == HEAD
            prepare_store(store)
            Step("works").run(store)
            assert stored_steps(store) == [("run/1", "works")]
        schemas.append(dumped(postgres_settings.database_url))
    assert schemas[0] == schemas[1]
    assert any("append_only" in line for line in schemas[0])


@pytest.mark.postgres
def test_either_tool_goes_on_where_the_other_stopped(postgres_settings: StoreSettings) -> None:
    url = postgres_settings.database_url
    schemas = []
    for files_first in (True, False):
        with opened(postgres_settings) as store:
            with store.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
            if files_first:
                apply_files(url, "0001*.sql")
                migrate(store)
            else:
                with store.begin() as connection:
                    upgrade(connection, "0001")
                apply_files(url, "0002*.sql")
            assert revision_of(store) == HEAD
        schemas.append(dumped(url))
    assert schemas[0] == schemas[1]


@pytest.mark.postgres
def test_the_roles_are_as_supabase_defines_them(worker_login: tuple[str, str], postgres_url: str) -> None:
    assert worker_login
    query = """SELECT rolname, rolcanlogin, rolinherit, rolbypassrls, rolsuper
        FROM pg_roles WHERE rolname = ANY(%s)"""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for _ in range(2):  # made once, and then left alone
            server.execute((ROOT / "supabase" / "roles.sql").read_bytes())
        found = server.execute(query, [["anon", "authenticated", "service_role"]]).fetchall()
    assert sorted(found) == [
        ("anon", False, False, False, False),
        ("authenticated", False, False, False, False),
        ("service_role", False, False, True, False),
    ]
