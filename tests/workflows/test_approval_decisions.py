"""`ApprovalWorkflow`: which decision counts, what is recorded of it, and who is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Receipt
from temporal.store import schema
from temporal.store.contract import EffectCall
from temporal.store.effects import EffectRecord
from tests.workflows.observed import approval_in, approval_status, timers
from tests.workflows.stage import Stage

ANA = {"approver": "ana", "comment": "fine"}
BOB = {"approver": "bob", "comment": "too dear"}


@pytest.mark.parametrize(("signal", "outcome"), [("approve", "approved"), ("reject", "rejected")])
async def test_a_decision_is_recorded_and_its_requester_told(stage: Stage, signal: str, outcome: str) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    await handle.signal(signal, ANA)
    result = await handle.result()

    assert (result.title, result.requester, result.notified) == ("a laptop", "rita", True)
    assert result.decision.outcome == outcome
    assert (result.decision.decided_by, result.decision.comment) == ("ana", "fine")
    [decision] = stage.rows(schema.decisions)
    assert decision.approval_id == f"approval/{handle.id}/{handle.first_execution_run_id}"
    assert (decision.outcome, decision.decided_by, decision.comment) == (outcome, "ana", "fine")
    assert decision.decided_at == datetime.fromisoformat(result.decision.decided_at)
    [notification] = stage.rows(schema.notifications)
    assert (notification.recipient, notification.subject) == ("rita", f"{outcome}: a laptop")
    assert notification.body == f"{outcome} by ana. fine"


async def test_the_status_after_the_end_still_tells_the_decision(stage: Stage) -> None:
    handle = await stage.start_approval(signal="approve", payload=ANA)
    result = await handle.result()
    status = await approval_status(handle)
    assert status.phase is ApprovalPhase.COMPLETED
    assert status.decision == result.decision
    assert status.notified
    assert (status.ignored, status.ignored_total, status.deadline, status.detail) == ([], 0, None, "")


async def test_a_decision_that_comes_before_the_request_is_validated_counts(idle_stage: Stage) -> None:
    handle = await idle_stage.start_approval(signal="reject", payload=BOB)
    async with idle_stage.worker():
        result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "bob")


async def test_of_two_early_decisions_the_first_wins(idle_stage: Stage) -> None:
    handle = await idle_stage.start_approval(signal="approve", payload=ANA)
    await handle.signal("reject", BOB)
    async with idle_stage.worker():
        result = await handle.result()
        status = await approval_status(handle)
    assert result.decision.decided_by == "ana"
    assert [(ignored.signal, ignored.reason) for ignored in status.ignored] == [
        ("reject", "already approved by ana")
    ]


@pytest.mark.parametrize(("signal", "payload"), [("approve", ANA), ("approve", BOB), ("reject", BOB)])
async def test_after_the_outcome_a_decision_changes_nothing_and_is_shown(
    stage: Stage, signal: str, payload: object
) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the decision cannot be recorded yet
        await handle.signal("approve", ANA)
        await approval_in(handle, ApprovalPhase.RECORDING)
        await handle.signal(signal, payload)
        status = await approval_status(handle)
        assert status.ignored_total == 1
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.APPROVED, "ana")
    [ignored] = (await approval_status(handle)).ignored
    assert (ignored.signal, ignored.reason) == (signal, "already approved by ana")
    assert len(stage.rows(schema.decisions)) == len(stage.rows(schema.notifications)) == 1


async def test_a_closed_request_refuses_signals(stage: Stage) -> None:
    handle = await stage.start_approval(signal="approve", payload=ANA)
    await handle.result()
    with pytest.raises(RPCError) as refused:
        await handle.signal("reject", BOB)
    assert refused.value.status is RPCStatusCode.NOT_FOUND


async def test_a_request_without_timeout_waits_for_a_hundred_days(stage: Stage) -> None:
    handle = await stage.start_approval(limit=timedelta(days=365))
    await approval_in(handle, ApprovalPhase.PENDING)
    await stage.skip(timedelta(days=100))
    status = await approval_status(handle)
    assert (status.phase, status.deadline) == (ApprovalPhase.PENDING, None)
    await handle.signal("approve", ANA)
    assert (await handle.result()).decision.decided_by == "ana"
    assert await timers(handle) == []


async def test_a_requester_who_cannot_be_told_leaves_the_decision_standing(stage: Stage) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin() as connection:
        connection.execute(text("DROP TABLE notifications"))
    await handle.signal("approve", ANA)
    result = await handle.result()
    assert (result.decision.outcome, result.notified) == (Outcome.APPROVED, False)
    assert len(stage.rows(schema.decisions)) == 1
    status = await approval_status(handle)
    assert (status.phase, status.notified) == (ApprovalPhase.COMPLETED, False)


async def test_another_decision_recorded_for_the_same_approval_fails_the_run(stage: Stage) -> None:
    handle = await stage.start_approval()
    await approval_in(handle, ApprovalPhase.PENDING)
    key = f"approval/{handle.id}/{handle.first_execution_run_id}"
    EffectRecord(stage.store, "the run before a reset").once(
        EffectCall(key=key, workflow_id=handle.id, run_id="before", activity="record_decision", attempt=1),
        RecordDecisionInput(
            approval_id=key, title="a laptop", requester="rita", outcome=Outcome.REJECTED, decided_by="bob"
        ),
        Receipt,
        lambda writes: Receipt(effect_key=key, row=1),
    )
    await handle.signal("approve", ANA)
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ActivityError)
    assert isinstance(failed.value.cause.cause, ApplicationError)
    assert failed.value.cause.cause.type == "EffectConflict"
    assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
    assert (await approval_status(handle)).phase is ApprovalPhase.FAILED
    assert stage.rows(schema.notifications) == []
