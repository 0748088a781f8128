"""The supervisor as a process: how it ends, what its workers see, what it does with a broken command."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from temporal.chaos.fleet import SUPERVISED_WORKERS, SUPERVISOR, SupervisedFleet
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from tests.integration.processes import gone

pytest_plugins = ["tests.integration.engine_fixtures"]


def run(target: EmbeddedTarget, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = worker_environment(target.engine.address, target.folder) | variables
    return subprocess.run(
        [*SUPERVISOR, *arguments], env=environment, cwd=target.folder, capture_output=True, text=True
    )


async def test_sigterm_drains_the_workers_and_exits_with_0(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    [supervisor] = target.workers
    workers = psutil.Process(supervisor.pid).children()
    assert len(workers) == SUPERVISED_WORKERS
    supervisor.signal(signal.SIGTERM)
    assert await supervisor.ended() == 0
    assert not any(worker.is_running() for worker in workers)


async def test_the_workers_do_not_outlive_a_supervisor_that_is_killed(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    [supervisor] = target.workers
    workers = psutil.Process(supervisor.pid).children()
    supervisor.kill()
    await gone(workers)


async def test_more_workers_than_a_loop_lends_threads_all_serve(target: EmbeddedTarget) -> None:
    workers = min(32, (os.cpu_count() or 1) + 4) + 1  # one more than asyncio's own pool has
    fleet = SupervisedFleet(target, workers=workers)
    await fleet.start()  # until every place polls
    assert len(fleet.living()) == workers


async def test_a_command_that_never_polls_is_given_up(target: EmbeddedTarget) -> None:
    ended = await asyncio.to_thread(
        run, target, "--workers", "1", "--", sys.executable, "-c", "raise SystemExit(3)"
    )
    assert ended.returncode == 1
    [error] = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert "5 workers in a row failed, the last one with exit 3" in error
    assert "Traceback" not in ended.stderr


async def test_the_other_workers_drain_when_one_is_given_up(target: EmbeddedTarget) -> None:
    worker = """
        if [ "$RECOVERY_SLOT" = 2 ]; then sleep 0.2; exit 3; fi
        trap "touch drained; exit 0" TERM
        while :; do sleep 0.1; done"""
    ended = await asyncio.to_thread(run, target, "--", "sh", "-c", worker)
    assert ended.returncode == 1
    assert (target.folder / "drained").exists()


async def test_a_command_that_does_not_exist_is_one_line(target: EmbeddedTarget) -> None:
    ended = await asyncio.to_thread(run, target, "--", "/no/such/worker")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


async def test_a_worker_is_given_the_gateway_and_no_credential(
    target: EmbeddedTarget, tmp_path: Path
) -> None:
    seen = tmp_path / "seen.json"
    code = f"import json, os, pathlib; pathlib.Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))"
    ended = await asyncio.to_thread(
        run,
        target,
        "--workers",
        "1",
        "--",
        sys.executable,
        "-c",
        code,
        TEMPORAL_API_KEY="my secret key",
        TEMPORAL_TLS="false",
        TEMPORAL_GRPC_META_AUTHORIZATION="my other secret",
    )
    variables = json.loads(seen.read_text())
    assert ended.returncode == 1  # it never polls
    assert "secret" not in json.dumps(variables)
    assert variables["TEMPORAL_ADDRESS"] != target.engine.address
    assert variables["TEMPORAL_ADDRESS"].startswith("127.0.0.1:")
    assert (variables["TEMPORAL_API_KEY"], variables["TEMPORAL_TLS"]) == ("", "false")
