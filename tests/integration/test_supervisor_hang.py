"""A worker that lives and does nothing is killed, and what it held is released."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from temporal.chaos.fleet import SUPERVISOR, SupervisedFleet
from temporal.chaos.holders import holder
from temporal.chaos.observation import sleeping, until
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from temporal.config import ConnectionSettings
from temporal.messages.durable_demo import DurableDemoInput
from temporal.recovery import hang as module
from temporal.recovery.death import Cause
from temporal.recovery.gateway import Gateway
from temporal.recovery.hang import BEAT_VARIABLE, Beat, hung
from temporal.recovery.held import Poller
from temporal.recovery.upstream import Temporal
from temporal.workers.beat import beat
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.supervisors import deaths

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_a_stopped_worker_is_killed_and_its_workflow_goes_on(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target, {"WORKER_STICKY_TIMEOUT_SECONDS": "60"}).start()
    handle = await start_demo(target, DurableDemoInput(name="asleep", sleep_seconds=600))
    await sleeping(handle)
    pid = await holder(handle)
    os.kill(pid, signal.SIGSTOP)
    [death] = await deaths(target, 1)
    assert (death["pid"], death["cause"]) == (pid, "stopped")
    status = await handle.query(DurableDemoWorkflow.get_status, rpc_timeout=timedelta(seconds=30))
    assert status.phase == "sleeping"
    await handle.terminate()


async def test_a_worker_whose_beat_ceases_is_killed(target: EmbeddedTarget) -> None:
    code = f"import os, time; os.write(int(os.environ['{BEAT_VARIABLE}']), b'.'); time.sleep(600)"
    ended = await asyncio.to_thread(
        subprocess.run,
        [*SUPERVISOR, "--workers", "1", "--beat", "1", "--", sys.executable, "-c", code],
        env=worker_environment(target.engine.address, target.folder),
        cwd=target.folder,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "5 workers in a row failed, the last one with standing still" in ended.stderr


async def test_a_worker_that_lost_its_connection_for_good_is_deaf() -> None:
    async with watched("import time; time.sleep(600)") as hang:
        assert await hang == Cause.DEAF


@pytest.mark.parametrize("leaves", [True, False])
async def test_a_quiet_worker_with_a_connection_or_one_that_leaves_is_not_deaf(
    monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    monkeypatch.setattr(module, "DEAF_SECONDS", 0.2)
    quiet = "import time; time.sleep(600)"
    connected = (
        "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); "
        "print('connected', flush=True); "
    )
    async with watched(quiet if leaves else connected + quiet, leaves=leaves, says=not leaves) as hang:
        done, _ = await asyncio.wait({hang}, timeout=2)
        assert not done


async def test_a_connection_whose_other_end_does_not_answer_is_cut() -> None:
    gateway = Gateway(Temporal(ConnectionSettings(address="127.0.0.1:1")))
    listener = gateway.listener()
    await listener.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))  # and no more
    await reader.read()  # until the end
    writer.close()
    await listener.close()
    await gateway.close(patience=0)


async def test_the_projects_worker_beats(target: EmbeddedTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Beat()
    monkeypatch.setenv(BEAT_VARIABLE, str(os.dup(made.fd)))
    made.listen()
    beating = asyncio.create_task(beat())

    async def heard() -> bool:
        return made.silence > 0

    await until("a beat is heard", heard)
    beating.cancel()
    made.close()


@asynccontextmanager
async def watched(
    code: str, *, leaves: bool = False, says: bool = False
) -> AsyncIterator["asyncio.Task[Cause]"]:
    """Runs a program that polled once, as far as the listener knows; yields what watches it.

    With `says`, the watch begins when the program has printed a line.
    """
    gateway = Gateway(Temporal(ConnectionSettings(address="127.0.0.1:1")))
    listener, made = gateway.listener(), Beat()
    await listener.start()
    made.listen()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(listener.port), start_new_session=True, stdout=subprocess.PIPE
    )
    if says and process.stdout:
        await process.stdout.readline()
    listener.ledger.saw_poll(Poller("default", "somebody", "key", "queue"))
    listener.leaving = leaves
    hang = asyncio.create_task(hung(listener, listener.admit(process.pid), made, beat_seconds=600))
    try:
        yield hang
    finally:
        hang.cancel()
        process.kill()
        await process.wait()
        made.close()
        await listener.close()
        await gateway.close(patience=0)
