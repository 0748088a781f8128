"""What the stack's command says where it cannot work; needs no Docker."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.stack.compose_stack import COMMAND

NEEDED = ("bash", "dirname")


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A folder with the programs that the command needs before it looks for Docker."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def run(path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(path / "bash"), str(COMMAND), *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["up", "down", "logs", "ps", "psql"])
def test_without_docker_one_line_says_what_is_missing(bare_path: Path, command: str) -> None:
    ended = run(bare_path, command)

    assert ended.returncode == 3
    assert ended.stderr.startswith("error: no docker: ")
    assert len(ended.stderr.splitlines()) == 1


def test_with_docker_alone_one_line_says_that_compose_is_missing(bare_path: Path, tmp_path: Path) -> None:
    docker = bare_path / "docker"
    docker.write_text(f"#!{bare_path / 'bash'}\nexit 1\n")
    docker.chmod(0o755)
    checkout = tmp_path / "checkout" / "docker"  # one without an environment, which may have a client
    checkout.mkdir(parents=True)
    shutil.copy(COMMAND, checkout)

    ended = subprocess.run(
        [str(bare_path / "bash"), str(checkout / COMMAND.name), "up"],
        env={"PATH": str(bare_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 3
    assert ended.stderr.startswith("error: no Docker Compose: ")
    assert len(ended.stderr.splitlines()) == 1
