"""A worker's SIGKILL: its workflows go on under another one, and nothing is done twice."""

import pytest

from temporal.chaos import invariants
from temporal.chaos.observation import sleeping, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.activity_starts import activity_starts

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize("standby", [False, True], ids=["started-later", "standby"])
async def test_a_workflow_whose_worker_dies_mid_sleep_goes_on_under_another(
    target: EmbeddedTarget, standby: bool
) -> None:
    request = DurableDemoInput(name="mid-sleep", sleep_seconds=3, steps=2)
    first = await target.start_worker()
    handle = await start_demo(target, request)
    await sleeping(handle)
    if standby:
        await target.start_worker()
    first.kill()
    if not standby:
        await target.start_worker()
    result = await handle.result()
    assert [step.step for step in result.steps] == ["before-1", "before-2", "after-1", "after-2"]
    history = await handle.fetch_history()
    identities = [start.identity for start in activity_starts(history, "process_step")]
    assert [f"/{first.pid}-" in identity for identity in identities] == [True, True, False, False]
    assert invariants.slept_long_enough(history, request) == []
    assert invariants.steps_done_once(target.store, handle.id, request) == []


async def test_work_whose_worker_dies_resumes_from_the_last_heartbeat(target: EmbeddedTarget) -> None:
    request = DurableDemoInput(name="work", sleep_seconds=0, steps=1, work_units=20, work_unit_seconds=0.1)
    work = WorkInput(subject="work", units=20, unit_seconds=0.1)
    first = await target.start_worker()
    handle = await start_demo(target, request)
    await working(target.client, handle, work, units=5)
    first.kill()
    second = await target.start_worker()
    result = await handle.result()
    assert result.work is not None
    assert result.work.attempt == 2
    assert 5 <= result.work.resumed_from < work.units
    [start] = activity_starts(await handle.fetch_history(), "long_running_task")
    assert start.attempt == 2
    assert f"/{second.pid}-" in start.identity
    assert invariants.work_is_right(result, request) == []
    assert invariants.steps_done_once(target.store, handle.id, request) == []
