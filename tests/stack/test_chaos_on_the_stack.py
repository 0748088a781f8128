"""The faults of server and PostgreSQL, on a Compose stack that the chaos command starts and removes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack.compose_stack import docker

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]  # the stack, and five runs one after another

ROOT = Path(__file__).parents[2]
FAULTS = ("kill-server", "kill-postgresql", "kill-stack", "store-unavailable", "network-cut")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command says of one run of each."""
    folder = tmp_path_factory.mktemp("chaos")
    names = [word for name in FAULTS for word in ("--scenario", name)]
    ended = subprocess.run(
        [
            *(sys.executable, str(ROOT / "scripts" / "chaos_test.py"), "--target", "compose"),
            *(*names, "--supervised", "--seed", "1", "--json"),
        ],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_stack_breaks_nothing(told: dict[str, Any], name: str) -> None:
    [run] = [run for run in told["each"] if run["scenario"] == name]
    assert run["breaches"] == []
    [landing] = run["landed"]
    assert landing["fault"] == name
    assert landing["healed"]


def test_no_container_volume_or_network_of_it_stays(told: dict[str, Any]) -> None:
    assert told["target"] == "compose"
    for listing in (["ps", "--all"], ["volume", "ls"], ["network", "ls"]):
        projects = docker(*listing, "--format", '{{.Label "com.docker.compose.project"}}').split()
        assert not [project for project in projects if project.startswith("chaos-")]
