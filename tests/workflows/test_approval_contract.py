"""The decision contract: what each kind of decision, by Update, is answered; and what the history keeps."""

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.decide import Refusal, Verdict
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy, OnTimeout
from temporal.store import schema
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.workflows.deciding import approval, decide, laptop, refusal_in, refused, rejection
from tests.workflows.observed import approval_in, approval_status, assert_canceled, events, until_event
from tests.workflows.stage import Stage

ANAS = ApprovalPolicy(users=["ana", "bob"])
TWO = ApprovalPolicy(users=["ana", "bob", "cleo"], quorum=2)


async def test_a_decision_by_update_is_answered_with_the_outcome_and_recorded(stage: Stage) -> None:
    handle = await stage.request_approval(laptop(ANAS))
    await approval_in(handle, ApprovalPhase.PENDING)
    answer = await decide(handle, approval("ana", "d-1", comment="fine", channel="api"))
    result = await handle.result()

    assert (answer.verdict, answer.decision_id, answer.quorum) == (Verdict.DECIDED, "d-1", 1)
    assert (answer.approvals, answer.rejections) == (1, 0)
    assert answer.decision == result.decision
    decision = result.decision
    assert (decision.outcome, decision.decided_by, decision.comment) == (Outcome.APPROVED, "ana", "fine")
    assert (decision.decision_id, decision.channel) == ("d-1", "api")
    assert [vote.decision_id for vote in result.votes] == ["d-1"]
    assert result.details == {"price": 900}
    assert [row.outcome for row in stage.rows(schema.decisions)] == ["approved"]


async def test_the_same_decision_again_gets_the_first_answer_again(stage: Stage) -> None:
    handle = await stage.request_approval(laptop(TWO))
    await approval_in(handle, ApprovalPhase.PENDING)
    first = await decide(handle, approval("ana", "d-1"))
    await decide(handle, approval("bob", "d-2"))
    # Under another Update id, so that the workflow answers and not the server.
    again = await handle.execute_update(ApprovalWorkflow.decide, approval("ana", "d-1"), id="a retry")

    assert again == first
    assert (first.verdict, first.approvals, first.decision) == (Verdict.COUNTED, 1, None)
    assert [vote.approver for vote in (await handle.result()).votes] == ["ana", "bob"]


async def test_an_update_id_gets_its_first_answer_after_the_workflow_has_ended(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    answer = await decide(handle, approval("ana", "d-1"))
    await handle.result()
    assert await decide(handle, approval("ana", "d-1")) == answer
    with pytest.raises(RPCError) as ended:
        await decide(handle, approval("bob", "d-2"))
    assert ended.value.status is RPCStatusCode.NOT_FOUND


async def test_an_id_with_another_decision_is_refused(stage: Stage) -> None:
    handle = await stage.request_approval(laptop(TWO))
    await approval_in(handle, ApprovalPhase.PENDING)
    await decide(handle, approval("ana", "d-1"))
    for changed in (rejection("ana", "d-1"), approval("bob", "d-1"), approval("ana", "d-1", comment="!")):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await handle.execute_update(ApprovalWorkflow.decide, changed)
        refusal_in(caught, Refusal.ID_REUSED)
    assert (await approval_status(handle)).approvals == 1


async def test_a_decision_after_the_outcome_is_refused_with_the_winner(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the decision cannot be recorded yet
        answer = await decide(handle, approval("ana"))
        error = await refused(handle, rejection("bob"), Refusal.ALREADY_DECIDED)
    assert error.message == "already approved by ana"
    assert answer.decision is not None
    assert error.details == (asdict(answer.decision),)
    assert (await handle.result()).decision.decided_by == "ana"


@pytest.mark.parametrize(("on_timeout", "outcome"), [("reject", "rejected"), ("approve", "approved")])
async def test_a_decision_after_the_timeout_is_refused_with_its_outcome(
    stage: Stage, on_timeout: str, outcome: str
) -> None:
    policy = ApprovalPolicy(on_timeout=OnTimeout(on_timeout))
    handle = await stage.request_approval(laptop(policy, timeout_seconds=3_600))
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the outcome cannot be recorded yet
        await stage.skip(timedelta(hours=1))
        await approval_in(handle, ApprovalPhase.RECORDING)
        error = await refused(handle, approval("ana"), Refusal.TIMED_OUT)
    assert error.details[0]["outcome"] == outcome
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (outcome, "timeout")


async def test_an_early_decision_waits_for_the_request_to_open_and_is_then_answered(
    idle_stage: Stage,
) -> None:
    handle = await idle_stage.request_approval(laptop(TWO))
    early = [asyncio.create_task(decide(handle, approval(name))) for name in ("ana", "bob")]
    await until_event(handle, "WORKFLOW_TASK_SCHEDULED")
    with idle_stage.store.begin():  # the request cannot be validated yet
        async with asyncio.timeout(100):
            worker = idle_stage.worker()
            running = asyncio.create_task(worker.run())
            while len((await approval_status(handle)).votes) < 2:
                await asyncio.sleep(0.01)
        assert (await approval_status(handle)).phase is ApprovalPhase.VALIDATING
        assert not any(task.done() for task in early)
    answers = await asyncio.gather(*early)
    assert sorted(answer.verdict for answer in answers) == [Verdict.COUNTED, Verdict.DECIDED]
    assert (await handle.result()).decision.outcome is Outcome.APPROVED
    await worker.shutdown()
    await running


async def test_an_early_decision_for_a_request_that_cannot_be_opened_fails_as_closed(
    idle_stage: Stage,
) -> None:
    handle = await idle_stage.request_approval(ApprovalRequest(title="", requester="rita"))
    early = asyncio.create_task(decide(handle, approval("ana")))
    async with idle_stage.worker():
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await early
        refusal_in(caught, Refusal.CLOSED)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        assert (await approval_status(handle)).decision is None
    assert idle_stage.rows(schema.decisions) == []


async def test_a_decision_while_a_cancellation_is_under_way_is_refused_as_closed(stage: Stage) -> None:
    handle = await stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    with stage.store.begin():  # the cancellation cannot be logged yet
        await handle.cancel()
        await approval_in(handle, ApprovalPhase.CANCELED)
        error = await refused(handle, approval("ana"), Refusal.CLOSED)
        assert error.details == ()
    await assert_canceled(handle)
    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED


async def test_a_refused_decision_leaves_nothing_in_the_history(stage: Stage) -> None:
    handle = await stage.request_approval(laptop(replace(TWO, four_eyes=True)))
    await approval_in(handle, ApprovalPhase.PENDING)
    await decide(handle, approval("ana"))
    before = await events(handle)
    await refused(handle, approval("rita"), Refusal.NOT_ALLOWED)
    await refused(handle, approval("mallory"), Refusal.NOT_ALLOWED)
    await refused(handle, approval("ana", "d-2"), Refusal.ALREADY_VOTED)
    await refused(handle, approval(""), Refusal.INVALID)
    kept = [name for name in (await events(handle))[len(before) :] if not name.startswith("WORKFLOW_TASK")]
    assert kept == []
    status = await approval_status(handle)
    assert ([vote.approver for vote in status.votes], status.ignored_total) == (["ana"], 0)
    await decide(handle, approval("bob"))
    await handle.result()
