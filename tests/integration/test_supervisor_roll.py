"""SIGHUP replaces every worker without a gap, and loses nothing that is under way."""

import asyncio
import signal

from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.observation import until, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.target import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.supervisors import state

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_every_worker_is_replaced_and_hands_its_work_over(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target, {"WORKER_STICKY_TIMEOUT_SECONDS": "60"}).start()
    before = {worker["pid"] for worker in (await state(target))["workers"]}
    request = DurableDemoInput(name="work", sleep_seconds=1, work_units=20, work_unit_seconds=0.1)
    handles = [await start_demo(target, request) for _ in range(4)]
    for handle in handles:
        await working(target.client, handle, WorkInput(subject="work", units=20, unit_seconds=0.1), units=1)
    target.workers[-1].signal(signal.SIGHUP)

    async def renewed() -> bool:
        workers = (await state(target))["workers"]
        return len(workers) == len(before) and not before & {worker["pid"] for worker in workers}

    await until("every worker is replaced", renewed)
    results = await asyncio.wait_for(asyncio.gather(*(handle.result() for handle in handles)), 60)
    works = [result.work for result in results if result.work]
    assert [work.units for work in works] == [20] * len(handles)
    assert all(work.attempt == 1 or work.resumed_from > 0 for work in works)
    found = await state(target)
    assert found["ended"] == {"drained": len(before)}
    assert [death["released"] for death in found["deaths"]] == [{}, {}]
