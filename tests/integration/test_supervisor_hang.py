"""A worker that lives and does nothing is killed, and what it held is released."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta

from temporal.chaos.fleet import SUPERVISOR, SupervisedFleet, holder
from temporal.chaos.observation import sleeping
from temporal.chaos.scenarios import start_demo
from temporal.chaos.target import EmbeddedTarget, worker_environment
from temporal.config import ConnectionSettings
from temporal.messages.durable_demo import DurableDemoInput
from temporal.recovery.gateway import Gateway
from temporal.recovery.hang import BEAT_VARIABLE, Beat, hung
from temporal.recovery.held import Poller
from temporal.recovery.peers import Peers
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
    gateway = Gateway(ConnectionSettings(address="127.0.0.1:1"))
    listener, beat = gateway.listener(), Beat()
    process = await asyncio.create_subprocess_exec("sleep", "600", start_new_session=True)
    try:
        await listener.start()
        beat.listen()
        listener.ledger.saw_poll(Poller("default", "somebody", "key", "queue"))
        assert await hung(process.pid, listener, Peers(process.pid), beat, beat_seconds=600) == "deaf"
    finally:
        process.kill()
        await process.wait()
        beat.close()
        await listener.close()
        await gateway.close(patience=0)
