"""Withdrawal: the requester takes the request back; an outcome of its own, recorded as one."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import Refusal, Verdict, WithdrawInput
from temporal.messages.decision import Outcome
from temporal.store import schema
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.workflows.deciding import approval, decide, laptop, refusal_in, refused, withdraw
from tests.workflows.observed import approval_in
from tests.workflows.stage import Stage


async def test_the_requester_withdraws_and_that_is_recorded(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    answer = await withdraw(handle, "rita", "w-1", reason="found one")
    result = await handle.result()
    assert (answer.verdict, answer.decision_id, answer.decision) == (
        Verdict.DECIDED,
        "w-1",
        result.decision,
    )
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.WITHDRAWN, "rita")
    assert (result.decision.comment, result.decision.decision_id) == ("found one", "w-1")
    [recorded] = stage.rows(schema.decisions)
    assert (recorded.outcome, recorded.decided_by) == ("withdrawn", "rita")


async def test_nobody_else_may_withdraw(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    for name in ("ana", "Rita"):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await withdraw(handle, name)
        refusal_in(caught, Refusal.NOT_ALLOWED)
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await withdraw(handle, "rita", reason="\0")
    refusal_in(caught, Refusal.INVALID)
    await decide(handle, approval("ana"))
    assert (await handle.result()).decision.decided_by == "ana"


async def test_after_a_withdrawal_decisions_are_refused_as_closed_and_the_withdrawal_is_known(
    stage: Stage,
) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the withdrawal cannot be recorded yet
        first = await withdraw(handle, "rita", "w-1")
        error = await refused(handle, approval("ana"), Refusal.CLOSED)
        assert error.details[0]["outcome"] == "withdrawn"
        message = WithdrawInput(withdrawal_id="w-1", by="rita")
        again = await handle.execute_update(ApprovalWorkflow.withdraw, message, id="a retry")
        assert again == first
    await handle.result()


async def test_after_the_outcome_a_withdrawal_is_refused_with_the_winner(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the decision cannot be recorded yet
        await decide(handle, approval("ana"))
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await withdraw(handle, "rita")
        assert refusal_in(caught, Refusal.ALREADY_DECIDED).details[0]["decided_by"] == "ana"
    assert (await handle.result()).decision.outcome is Outcome.APPROVED


async def test_an_early_withdrawal_counts_when_the_request_opens(idle_stage: Stage) -> None:
    handle = await idle_stage.request_approval(laptop())
    early = asyncio.create_task(withdraw(handle, "rita"))
    async with idle_stage.worker():
        assert (await early).verdict is Verdict.DECIDED
        assert (await handle.result()).decision.outcome is Outcome.WITHDRAWN
