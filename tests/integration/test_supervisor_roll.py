"""SIGHUP replaces every worker without a gap, and loses nothing that is under way."""

import asyncio
import signal
import sys

from temporal.chaos.fleet import SUPERVISED_WORKERS, SUPERVISOR, SupervisedFleet
from temporal.chaos.observation import until, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.supervisors import deaths, state, status

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_every_worker_is_replaced_and_hands_its_work_over(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target, {"WORKER_STICKY_TIMEOUT_SECONDS": "60"}).start()
    before = {worker["pid"] for worker in (await state(target))["workers"]}
    request = DurableDemoInput(name="work", sleep_seconds=1, work_units=20, work_unit_seconds=0.1)
    handles = [await start_demo(target, request) for _ in range(4)]
    for handle in handles:
        await working(target.client, handle, WorkInput(subject="work", units=20, unit_seconds=0.1), units=1)
    target.workers[-1].signal(signal.SIGHUP)

    serving = []

    async def renewed() -> bool:
        workers = (await state(target))["workers"]
        serving.append(sum(worker["state"] == "polling" for worker in workers))
        return len(workers) == len(before) and not before & {worker["pid"] for worker in workers}

    await until("every worker is replaced", renewed)
    assert min(serving) == len(before)  # at no moment were there fewer
    results = await asyncio.wait_for(asyncio.gather(*(handle.result() for handle in handles)), 60)
    works = [result.work for result in results if result.work]
    assert [work.units for work in works] == [20] * len(handles)
    assert all(work.attempt == 1 or work.resumed_from > 0 for work in works)
    found = await state(target)
    assert found["ended"] == {"drained": len(before)}
    assert [death["released"] for death in found["deaths"]] == [{}, {}]


async def test_a_new_version_that_does_not_start_leaves_the_old_one_in_place(target: EmbeddedTarget) -> None:
    broken = target.folder / "broken"
    worker = f"if [ -e {broken} ]; then exit 1; fi; exec {sys.executable} -m temporal.workers.worker"
    target.launch_worker(command=(*SUPERVISOR, "--", "sh", "-c", worker))

    async def polling() -> bool:
        return (await asyncio.to_thread(status, target)).returncode == 0

    await until("a worker polls", polling)

    async def all_poll() -> bool:
        return [one["state"] for one in (await state(target))["workers"]] == ["polling"] * SUPERVISED_WORKERS

    await until("all workers poll", all_poll)
    before = (await state(target))["workers"]
    broken.touch()
    target.workers[-1].signal(signal.SIGHUP)
    await deaths(target, SUPERVISED_WORKERS)
    assert [worker["pid"] for worker in (await state(target))["workers"]] == [one["pid"] for one in before]
