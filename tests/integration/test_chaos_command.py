"""`scripts/chaos_test.py` as a user runs it: its output, its exit codes, and a worker of the user's own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from temporal.chaos.scenarios import SCENARIOS
from temporal.engine import Engine

pytest_plugins = ["tests.integration.engine_fixtures"]

ROOT = Path(__file__).parents[2]


def chaos(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "chaos_test.py"), *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_list_names_every_scenario(tmp_path: Path) -> None:
    listed = chaos(tmp_path, "--list")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [one.name for one in SCENARIOS]


def test_alone_it_runs_the_seeds_two_scenarios_with_both_kinds_of_workers(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--json")
    assert (ended.returncode, ended.stderr.strip()) == (0, "")
    told = json.loads(ended.stdout)
    assert {(run["scenario"], run["workers"]) for run in told["each"]} == {
        (scenario, workers)
        for scenario in ("kill-mid-sleep", "kill-mid-activity")
        for workers in ("supervised", "stock")
    }
    assert all(run["passed"] and len(run["landed"]) == 1 for run in told["each"])


def test_the_table_has_a_line_for_each_scenario_and_kind_of_workers(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--scenario", "kill-mid-sleep", "--supervised")
    assert ended.returncode == 0
    [line] = [line for line in ended.stdout.splitlines() if "kill-mid-sleep" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")][:3] == [
        "kill-mid-sleep",
        "supervised",
        "1 of 1",
    ]


def test_a_fault_that_cannot_be_inflicted_here_is_no_pass(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--scenario", "kill-postgresql", "--supervised", "--json")
    assert ended.returncode == 1
    [run] = json.loads(ended.stdout)["each"]
    assert not run["passed"]
    assert "not available here" in run["breaches"][0]


def test_a_running_temporal_is_a_target_by_its_address(tmp_path: Path, shared_engine: Engine) -> None:
    ended = chaos(
        tmp_path, "--target", shared_engine.address, "--scenario", "kill-mid-sleep", "--supervised", "--json"
    )
    assert (ended.returncode, ended.stderr.strip()) == (0, "")
    [run] = json.loads(ended.stdout)["each"]
    assert run["passed"]
    assert shared_engine.process() is not None  # it is not the harness's to end


def test_a_target_elsewhere_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--target", "temporal.example.com:7233")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["--supervised", "--stock"])
def test_a_worker_of_ones_own_is_struck_and_judged_without_knowledge_of_it(tmp_path: Path, kind: str) -> None:
    ended = chaos(
        tmp_path,
        "--worker", f"{sys.executable} -m temporal.workers.worker",
        "--load", "tests.integration.foreign_load:load",
        "--scenario", "kill-worker", kind, "--json",
    )  # fmt: skip
    assert ended.returncode == 0
    [run] = json.loads(ended.stdout)["each"]
    assert (run["workload"], run["passed"]) == ("foreign", True)
    assert len(run["landed"]) == 1


def test_what_is_kept_stays_and_nothing_else(tmp_path: Path) -> None:
    kept, temporary = tmp_path / "kept", tmp_path / "temporary"
    temporary.mkdir()
    ended = chaos(temporary, "--scenario", "kill-mid-sleep", "--supervised", "--keep", str(kept))
    assert ended.returncode == 0
    assert (kept / "kill-mid-sleep-supervised-1" / "store.db").exists()
    [home] = temporary.iterdir()
    assert list(home.iterdir()) == []
