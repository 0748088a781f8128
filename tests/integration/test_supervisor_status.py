"""What a supervisor tells: by its status, and to Prometheus."""

import asyncio
import os
import signal
import urllib.request

from temporal.chaos.fleet import SUPERVISED_WORKERS, SUPERVISOR, SupervisedFleet
from temporal.chaos.holders import holder
from temporal.chaos.observation import until, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.supervisors import deaths, state, status
from tests.ports import first_of_free_ports

pytest_plugins = ["tests.integration.engine_fixtures"]

WORK = DurableDemoInput(name="work", sleep_seconds=0, work_units=100, work_unit_seconds=0.5)


def metrics(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return lines


async def test_the_status_tells_what_is_held_and_how_a_worker_died(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    handle = await start_demo(target, WORK)
    await working(target.client, handle, WorkInput(subject="work", units=100, unit_seconds=0.5), units=1)
    pid = await holder(handle)
    [busy] = [worker for worker in (await state(target))["workers"] if worker["pid"] == pid]
    assert busy["state"] == "polling"
    assert busy["activities"] == ["long_running_task"]
    os.kill(pid, signal.SIGKILL)
    [death] = await deaths(target, 1)
    assert (death["pid"], death["cause"]) == (pid, "signal 9")
    assert death["released"] == {"activity": 1}
    await handle.terminate()


async def test_without_a_supervisor_the_status_is_one_line(target: EmbeddedTarget) -> None:
    told = status(target)
    assert told.returncode == 1
    assert told.stderr.startswith("error: no supervisor runs")
    assert len(told.stderr.splitlines()) == 1


async def test_the_exit_code_tells_whether_a_worker_polls(target: EmbeddedTarget) -> None:
    never_polls = (*SUPERVISOR, "--", "sleep", "600")
    target.launch_worker(command=never_polls)

    async def told() -> bool:
        return "starting" in (await asyncio.to_thread(status, target)).stdout

    await until("the supervisor tells of its workers", told)
    assert status(target).returncode == 1
    target.workers[-1].kill()
    await SupervisedFleet(target).start()
    assert status(target).returncode == 0


async def test_the_status_is_for_its_user_alone(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    folder = target.folder / "recovery"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.suffix: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        ".journal": 0o600,
        ".sock": 0o600,
    }


async def test_prometheus_sees_the_death_the_release_and_the_calls(target: EmbeddedTarget) -> None:
    port = first_of_free_ports(1 + 2 * SUPERVISED_WORKERS)
    await SupervisedFleet(target, {"METRICS_PORT": str(port)}).start()
    handle = await start_demo(target, WORK)
    await working(target.client, handle, WorkInput(subject="work", units=100, unit_seconds=0.5), units=1)
    os.kill(await holder(handle), signal.SIGKILL)
    await deaths(target, 1)
    lines = await asyncio.to_thread(metrics, port)
    assert 'recovery_held_tasks{kind="nexus"} 0.0' in lines
    assert 'recovery_worker_deaths_total{cause="signal"} 1.0' in lines
    assert 'recovery_released_tasks_total{kind="activity"} 1.0' in lines
    assert "recovery_release_seconds_count 1.0" in lines
    assert any(
        line.startswith('recovery_gateway_calls_total{code="OK",method="RecordActivityTaskHeartbeat"}')
        for line in lines
    )
    alive = [worker["slot"] for worker in (await state(target))["workers"] if worker["state"] == "polling"]
    own = await asyncio.to_thread(metrics, port + alive[0])
    assert any(line.startswith("temporal_") for line in own)
    await handle.terminate()
