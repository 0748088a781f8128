"""`ApprovalWorkflow` with a limit: who does not decide in time has it rejected."""

from datetime import datetime, timedelta

import pytest

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decision import Outcome
from temporal.store import schema
from tests.workflows.observed import (
    approval_in,
    approval_status,
    assert_canceled,
    events,
    timers,
    until_event,
)
from tests.workflows.stage import Stage

HOUR = timedelta(hours=1)
MOMENT = timedelta(minutes=1)
"""Short beside the hour, long beside what a busy machine loses."""


@pytest.mark.parametrize("seconds", [0.001, 1, 3_600, 86_400.5, 9 * 365 * 86_400])
async def test_a_request_nobody_decides_is_rejected_by_timeout(stage: Stage, seconds: float) -> None:
    limit = timedelta(seconds=seconds, days=1)
    handle = await stage.start_approval(timeout_seconds=seconds, limit=limit)
    result = await handle.result()

    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "timeout")
    assert result.notified
    assert await timers(handle) == [timedelta(seconds=seconds)]
    status = await approval_status(handle)
    assert status.deadline is not None
    decided_at = datetime.fromisoformat(result.decision.decided_at)
    assert decided_at >= datetime.fromisoformat(status.deadline)
    [decision] = stage.rows(schema.decisions)
    assert (decision.outcome, decision.decided_by) == ("rejected", "timeout")


async def test_the_request_is_open_until_its_deadline_and_not_longer(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=HOUR.total_seconds())
    opened = await approval_in(handle, ApprovalPhase.PENDING)
    assert opened.deadline is not None
    await stage.skip(HOUR - MOMENT)
    assert (await approval_status(handle)).phase is ApprovalPhase.PENDING
    await stage.skip(MOMENT)
    status = await approval_in(handle, ApprovalPhase.COMPLETED)
    assert status.decision is not None
    assert status.decision.decided_by == "timeout"
    assert status.deadline == opened.deadline


async def test_a_decision_in_time_stops_the_clock(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=HOUR.total_seconds())
    await approval_in(handle, ApprovalPhase.PENDING)
    await stage.skip(HOUR - MOMENT)
    await handle.signal("approve", {"approver": "ana"})
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.APPROVED, "ana")
    seen = await events(handle)
    assert "TIMER_CANCELED" in seen
    assert "TIMER_FIRED" not in seen


async def test_a_decision_after_the_timeout_is_shown_and_changes_nothing(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=HOUR.total_seconds())
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the outcome cannot be recorded yet
        await stage.skip(HOUR)
        await approval_in(handle, ApprovalPhase.RECORDING)
        await handle.signal("approve", {"approver": "ana"})
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "timeout")
    [ignored] = (await approval_status(handle)).ignored
    assert (ignored.signal, ignored.reason) == ("approve", "already rejected by timeout")


async def test_a_decision_in_the_workflow_task_of_the_timeout_counts(idle_stage: Stage) -> None:
    handle = await idle_stage.start_approval(timeout_seconds=HOUR.total_seconds())
    async with idle_stage.worker():
        await approval_in(handle, ApprovalPhase.PENDING)
    await idle_stage.skip(HOUR)
    await until_event(handle, "TIMER_FIRED")
    await handle.signal("approve", {"approver": "ana"})
    async with idle_stage.worker():
        assert (await handle.result()).decision.decided_by == "ana"
        assert (await approval_status(handle)).ignored_total == 0


async def test_a_cancellation_and_the_timeout_in_one_workflow_task_end_as_canceled(
    idle_stage: Stage,
) -> None:
    handle = await idle_stage.start_approval(timeout_seconds=HOUR.total_seconds())
    async with idle_stage.worker():
        await approval_in(handle, ApprovalPhase.PENDING)
    await idle_stage.skip(HOUR)
    await until_event(handle, "TIMER_FIRED")
    await handle.cancel()
    async with idle_stage.worker():
        await assert_canceled(handle)
        assert (await approval_status(handle)).decision is None
    assert idle_stage.rows(schema.decisions) == []
