"""The engine's SIGKILL, alone or together with the worker's: every workflow goes on from where it was."""

import pytest

from temporal.chaos import invariants
from temporal.chaos.observation import sleeping, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.approvals import recorded, start_approval, told, waiting
from tests.integration.restarts import kill_engine, start_engine

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize("worker_too", [False, True], ids=["engine", "engine-and-worker"])
async def test_sleeping_working_and_waiting_workflows_survive(
    own_target: EmbeddedTarget, worker_too: bool
) -> None:
    target = own_target
    asleep = DurableDemoInput(name="asleep", sleep_seconds=4)
    at_work = DurableDemoInput(name="at-work", sleep_seconds=0, work_units=25, work_unit_seconds=0.1)
    worker = await target.start_worker()
    approval = await start_approval(target, "survivor")
    await waiting(approval)
    sleeper = await start_demo(target, asleep)
    await sleeping(sleeper)
    labourer = await start_demo(target, at_work)
    await working(target.client, labourer, WorkInput(subject="work", units=25, unit_seconds=0.1), units=3)

    kill_engine(target)
    if worker_too:
        worker.kill()
    await start_engine(target)
    if worker_too:
        await target.start_worker()

    await approval.signal("approve", {"approver": "bob"})
    assert (await approval.result()).decision.outcome is Outcome.APPROVED
    assert recorded(target.store, approval.id) == [("approved", "bob")]
    assert told(target.store, approval.id) == ["ana"]
    await sleeper.result()
    assert invariants.slept_long_enough(await sleeper.fetch_history(), asleep) == []
    assert invariants.steps_done_once(target.store, sleeper.id, asleep) == []
    result = await labourer.result()
    assert result.work is not None
    if worker_too or result.work.attempt > 1:  # a worker that lives may well end its first attempt
        assert result.work.resumed_from >= 3
    assert invariants.work_is_right(result, at_work) == []
    assert invariants.steps_done_once(target.store, labourer.id, at_work) == []
