"""A wrong password or a missing file: `up` ends and names service and cause; mended, it works."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.integration.programs import run_module
from tests.stack.compose_stack import Stack, with_override
from tests.stack.stack_errors import cause_of

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack

NO_DYNAMIC_CONFIG = Path(__file__).with_name("overrides") / "no_dynamic_config.yml"


@contextmanager
def expired_password(stack: Stack, role: str) -> Iterator[None]:
    """Has PostgreSQL refuse the role's password; unlike another one, `up` does not mend that by itself."""
    engine = create_engine(stack.database_url("postgres", "postgres"))
    try:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE {role} VALID UNTIL '2000-01-01'"))
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE {role} VALID UNTIL 'infinity'"))
        engine.dispose()
        stack.must("up")


@contextmanager
def other_secret(stack: Stack, name: str) -> Iterator[None]:
    """Puts another password in a secret's file."""
    secret = stack.secrets / name
    right = secret.read_text()
    try:
        secret.write_text("another")
        yield
    finally:
        secret.write_text(right)
        stack.must("up")


def test_temporals_wrong_password_is_named_by_the_job_that_meets_it_first(stack: Stack) -> None:
    with expired_password(stack, "temporal"):
        ended = stack.run("up")

    assert 'password authentication failed for user "temporal"' in cause_of(ended, "temporal-schema")


def test_temporals_wrong_password_is_named_by_a_server_that_is_started_with_it(stack: Stack) -> None:
    with expired_password(stack, "temporal"):
        ended = stack.run("up", "--no-deps", "--force-recreate", "temporal-server")

    assert 'password authentication failed for user "temporal"' in cause_of(ended, "temporal-server")


def test_secrets_that_are_not_those_of_the_volume_are_named(stack: Stack) -> None:
    with other_secret(stack, "postgres_password"):
        ended = stack.run("up")

    assert 'password authentication failed for user "postgres"' in cause_of(ended, "databases")


def test_a_new_password_of_a_role_is_in_force_after_up(stack: Stack) -> None:
    with other_secret(stack, "app_password"):
        stack.must("up")
        store = stack.store()
        with store.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "app"
        store.dispose()


def test_the_stores_wrong_password_is_named_before_a_worker_starts(stack: Stack) -> None:
    with expired_password(stack, "app"):
        ended = stack.run("up", COMPOSE_PROFILES="app")

    assert 'password authentication failed for user "app"' in cause_of(ended, "store")


def test_a_worker_on_the_host_says_in_one_line_that_the_stores_password_is_wrong(stack: Stack) -> None:
    url = stack.database_url().replace((stack.secrets / "app_password").read_text(), "another")

    ended = run_module(
        "temporal.workers.worker",
        environment=stack.environment("unused") | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"},
        folder=stack.folder,
    )

    assert ended.exit_code == 1
    assert 'password authentication failed for user "app"' in ended.one_error()
    assert "another" not in ended.one_error()


def test_a_missing_dynamic_config_file_is_named(stack: Stack) -> None:
    ended = stack.run("up", COMPOSE_FILE=with_override(NO_DYNAMIC_CONFIG))
    stack.must("up")

    assert "dynamicconfig/server.yaml: no such file or directory" in cause_of(ended, "temporal-server")
