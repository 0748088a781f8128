"""The four tests that every version of this service must pass, on a real engine and a real worker process."""

import pytest

from temporal.chaos import invariants
from temporal.chaos.observation import sleeping
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalPhase
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DemoPhase, DurableDemoInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.approvals import recorded, start_approval, told, waiting

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(DurableDemoInput(name="simple", sleep_seconds=3), id="simple"),
        pytest.param(DurableDemoInput(name="longer", sleep_seconds=5, steps=3), id="longer"),
    ],
)
async def test_a_workflow_runs_its_steps_around_a_durable_sleep(
    target: EmbeddedTarget, request_: DurableDemoInput
) -> None:
    await target.start_worker()
    handle = await start_demo(target, request_)
    result = await handle.result()
    sides = [f"{side}-{number}" for side in ("before", "after") for number in range(1, request_.steps + 1)]
    assert [step.step for step in result.steps] == sides
    assert result.slept_seconds >= request_.sleep_seconds
    assert invariants.slept_long_enough(await handle.fetch_history(), request_) == []
    assert invariants.steps_done_once(target.store, handle.id, request_) == []


@pytest.mark.parametrize(("signal", "outcome"), [("approve", Outcome.APPROVED), ("reject", Outcome.REJECTED)])
async def test_an_approval_is_decided_by_a_signal(
    target: EmbeddedTarget, signal: str, outcome: Outcome
) -> None:
    await target.start_worker()
    approval = await start_approval(target, "budget")
    await waiting(approval)
    await approval.signal(signal, {"approver": "bob", "comment": "as agreed"})
    result = await approval.result()
    assert (result.decision.outcome, result.decision.decided_by) == (outcome, "bob")
    assert result.decision.comment == "as agreed"
    assert result.notified
    assert recorded(target.store, approval.id) == [(outcome, "bob")]
    assert told(target.store, approval.id) == ["ana"]


async def test_a_query_tells_where_the_workflow_is_and_how_it_ended(target: EmbeddedTarget) -> None:
    await target.start_worker()
    demo = await start_demo(target, DurableDemoInput(name="queried", sleep_seconds=2))
    await sleeping(demo)
    status = await demo.query(DurableDemoWorkflow.get_status)
    assert (status.phase, status.current_step) == (DemoPhase.SLEEPING, "sleep")
    assert status.steps_done == ["before-1"]
    assert status.sleep_deadline is not None
    await demo.result()
    status = await demo.query(DurableDemoWorkflow.get_status)
    assert status.phase is DemoPhase.COMPLETED
    assert status.steps_done == ["before-1", "sleep", "after-1"]


async def test_a_query_tells_what_an_approval_waits_for(target: EmbeddedTarget) -> None:
    await target.start_worker()
    approval = await start_approval(target, "queried")
    await waiting(approval)
    status = await approval.query(ApprovalWorkflow.get_status)
    assert (status.phase, status.title, status.requester) == (ApprovalPhase.PENDING, "queried", "ana")
    assert (status.decision, status.deadline, status.ignored_total) == (None, None, 0)
