"""`docker compose up` by itself, where nothing has been made before: not by `make up`, not by hand."""

import os
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.compose_stack import DOCKER, PATIENCE_SECONDS, ROOT, Stack

pytestmark = pytest.mark.stack

PACKAGED = ".venv/lib/python*/site-packages/compose/docker-compose"


def compose(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs Docker Compose on the file as it is, without `docker/stack.sh`."""
    packaged = next(ROOT.glob(PACKAGED), None)
    client = [str(packaged)] if packaged else [DOCKER, "compose"]
    return subprocess.run(
        [*client, "-f", "docker/docker-compose.yml", *arguments],
        cwd=ROOT,
        env={**os.environ, **stack.variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path, f"stack-plain-{uuid.uuid4().hex[:8]}")
    try:
        yield stack
    finally:
        ended = compose(stack, "down", "--volumes")
        assert ended.returncode == 0, ended.stderr


def test_it_makes_its_own_passwords_and_shows_the_ui(bare: Stack) -> None:
    ended = compose(bare, "up", "--detach", "--wait")
    assert ended.returncode == 0, ended.stderr[-2000:]

    with urllib.request.urlopen(f"http://127.0.0.1:{bare.ui_port}/api/v1/namespaces/default") as answer:
        assert answer.status == 200
    made = {file.name for file in bare.secrets.iterdir() if file.is_file()}
    assert {"postgres_password", "temporal_password", "app_password"} <= made
    assert bare.secrets.stat().st_mode & 0o777 == 0o700


def test_make_up_goes_on_with_the_passwords_that_it_made(bare: Stack) -> None:
    assert compose(bare, "up", "--detach", "--wait", "postgresql").returncode == 0
    before = (bare.secrets / "postgres_password").read_text()

    bare.must("up")

    assert (bare.secrets / "postgres_password").read_text() == before


def test_a_service_is_given_no_password_but_its_own(bare: Stack) -> None:
    assert compose(bare, "up", "--detach", "--wait", "temporal-server").returncode == 0

    def given(service: str) -> set[str]:
        return set(compose(bare, "exec", "-T", service, "ls", "/run/secrets").stdout.split())

    assert given("postgresql") == {"postgres_password"}
    assert given("temporal-server") == {"temporal_password"}
