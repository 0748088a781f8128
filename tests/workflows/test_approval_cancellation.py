"""Cancellation of `ApprovalWorkflow`: ends a request that is open, comes too late for a decided one."""

from temporalio.client import WorkflowExecutionStatus

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decision import Outcome
from temporal.store import schema
from tests.workflows.observed import approval_in, approval_status, assert_canceled, events, until_event
from tests.workflows.stage import Stage

ANA = {"approver": "ana"}


async def test_a_cancellation_while_waiting_ends_the_request_without_a_decision(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=3_600)
    await approval_in(handle, ApprovalPhase.PENDING)
    await handle.cancel()
    await assert_canceled(handle)

    status = await approval_status(handle)
    assert (status.phase, status.detail) == (ApprovalPhase.CANCELED, "canceled while pending")
    assert (status.decision, status.notified) == (None, False)
    assert "TIMER_CANCELED" in await events(handle)
    assert [row.kind for row in stage.rows(schema.events)] == ["approval-opened", "approval-canceled"]
    assert stage.rows(schema.decisions) == stage.rows(schema.notifications) == []


async def test_a_cancellation_before_the_validation_takes_an_early_decision_back(
    idle_stage: Stage,
) -> None:
    handle = await idle_stage.start_approval(signal="approve", payload=ANA)
    await handle.cancel()
    async with idle_stage.worker():
        await assert_canceled(handle)
        status = await approval_status(handle)
    assert (status.phase, status.detail) == (ApprovalPhase.CANCELED, "canceled while validating")
    assert status.decision is None
    assert [(ignored.signal, ignored.reason) for ignored in status.ignored] == [
        ("approve", "the request was canceled (decided by ana)")
    ]
    assert idle_stage.rows(schema.decisions) == []


async def test_a_cancellation_after_the_decision_does_not_stop_its_recording(stage: Stage) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the decision cannot be recorded yet
        await handle.signal("approve", ANA)
        await approval_in(handle, ApprovalPhase.RECORDING)
        await handle.cancel()
        await until_event(handle, "WORKFLOW_EXECUTION_CANCEL_REQUESTED")
    result = await handle.result()

    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.APPROVED, "ana")
    assert result.notified
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    assert (await approval_status(handle)).phase is ApprovalPhase.COMPLETED
    assert len(stage.rows(schema.decisions)) == len(stage.rows(schema.notifications)) == 1


async def test_a_decision_in_the_workflow_task_of_the_cancellation_counts(idle_stage: Stage) -> None:
    handle = await idle_stage.start_approval()
    async with idle_stage.worker():
        await approval_in(handle, ApprovalPhase.PENDING)
    await handle.cancel()
    await handle.signal("reject", ANA)
    async with idle_stage.worker():
        result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "ana")
    assert [row.outcome for row in idle_stage.rows(schema.decisions)] == ["rejected"]


async def test_a_decision_while_a_cancellation_is_under_way_does_not_count(stage: Stage) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the cancellation cannot be logged yet
        await handle.cancel()
        await approval_in(handle, ApprovalPhase.CANCELED)
        await handle.signal("approve", ANA)
        await until_event(handle, "WORKFLOW_EXECUTION_SIGNALED")
    await assert_canceled(handle)

    status = await approval_status(handle)
    assert (status.phase, status.decision) == (ApprovalPhase.CANCELED, None)
    assert [(ignored.signal, ignored.reason) for ignored in status.ignored] == [
        ("approve", "the request was canceled")
    ]
    assert stage.rows(schema.decisions) == []
