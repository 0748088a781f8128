"""Under the supervisor a death is not waited out: every timeout here is far longer than the test may take."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from temporal.chaos import invariants
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.holders import holder
from temporal.chaos.observation import sleeping, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalRequest
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

pytest_plugins = ["tests.integration.engine_fixtures"]

WORK = DurableDemoInput(name="work", sleep_seconds=0, work_units=25, work_unit_seconds=0.1)


@pytest.fixture
async def fleet(target: EmbeddedTarget) -> SupervisedFleet:
    """Two workers whose cached workflows wait a minute for them: longer than any test's patience."""
    made = SupervisedFleet(target, {"WORKER_STICKY_TIMEOUT_SECONDS": "60"})
    await made.start()
    return made


async def test_a_query_right_after_the_kill_is_answered(
    target: EmbeddedTarget, fleet: SupervisedFleet
) -> None:
    handle = await start_demo(target, DurableDemoInput(name="asleep", sleep_seconds=600))
    await sleeping(handle)
    await fleet.kill_holder(handle)
    status = await handle.query(DurableDemoWorkflow.get_status, rpc_timeout=timedelta(seconds=30))
    assert status.phase == "sleeping"
    await handle.terminate()


async def test_a_signal_right_after_the_kill_is_taken(target: EmbeddedTarget, fleet: SupervisedFleet) -> None:
    handle = await target.client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title="t", requester="r"),
        id=f"approval-{target.task_queue}",
        task_queue=target.task_queue,
    )
    while (await handle.query(ApprovalWorkflow.get_status)).phase != "pending":
        await asyncio.sleep(0.05)
    await fleet.kill_holder(handle)
    await handle.signal("approve", {"approver": "ana"})
    result = await asyncio.wait_for(handle.result(), 40)
    assert result.decision.decided_by == "ana"
    assert invariants.decided_once(target.store, handle.id, "t", result.decision.outcome, "ana") == []


async def test_a_canceled_activity_whose_worker_dies_ends_canceled(
    target: EmbeddedTarget, fleet: SupervisedFleet
) -> None:
    request = DurableDemoInput(name="stuck", sleep_seconds=0, work_units=100, work_unit_seconds=0.5)
    handle = await start_demo(target, request)
    work = WorkInput(subject="work", units=100, unit_seconds=0.5)
    await working(target.client, handle, work, units=1)
    pid = await holder(handle)
    os.kill(pid, signal.SIGSTOP)  # so that it cannot confirm the cancellation itself
    await handle.cancel()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(handle.result(), 40)
    assert isinstance(ended.value.cause, CancelledError)


async def test_many_workflows_survive_many_kills(target: EmbeddedTarget, fleet: SupervisedFleet) -> None:
    requests = [
        DurableDemoInput(name=f"n{number}", sleep_seconds=number % 4, steps=2, work_units=5)
        for number in range(24)
    ]
    handles = [await start_demo(target, request) for request in requests]
    for victim in handles[:4]:
        await fleet.kill_holder(victim)
        await fleet.replace()
    results = await asyncio.wait_for(asyncio.gather(*(handle.result() for handle in handles)), 100)
    for request, handle, result in zip(requests, handles, results, strict=True):
        assert invariants.steps_done_once(target.store, handle.id, request) == []
        assert invariants.work_is_right(result, request) == []
