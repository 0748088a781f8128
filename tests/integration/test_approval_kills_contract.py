"""Each row of the decision contract with the worker SIGKILLed between the decision and its effect."""

import asyncio
from dataclasses import asdict, replace

import pytest
from temporalio.client import WorkflowUpdateFailedError

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decide import Refusal, Verdict
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.integration.approvals import Approval, recorded, told, waiting
from tests.integration.dying_workers import DyingFleet
from tests.workflows.deciding import (
    SIGNED,
    approval,
    decide,
    laptop,
    refused,
    rejection,
    signed,
    withdraw,
)

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture
async def fleet(target: EmbeddedTarget) -> DyingFleet:
    """Workers of which one dies before it records the decision, which then is accepted and has no effect."""
    made = DyingFleet(target, "record_decision:before-effect")
    await made.start()
    return made


async def started(target: EmbeddedTarget, request: ApprovalRequest) -> Approval:
    """Starts an approval, whether or not a worker runs."""
    return await target.client.start_workflow(
        ApprovalWorkflow.run, request, id=f"{target.task_queue}-laptop", task_queue=target.task_queue
    )


async def opened(target: EmbeddedTarget, request: ApprovalRequest) -> Approval:
    handle = await started(target, request)
    await waiting(handle)
    return handle


async def test_the_same_decision_again_after_the_death_gets_the_first_answer(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    handle = await opened(target, laptop())
    first = await decide(handle, approval("ana", "d-1"))
    await fleet.died()
    assert await decide(handle, approval("ana", "d-1")) == first
    assert (await handle.result()).decision == first.decision
    assert await decide(handle, approval("ana", "d-1")) == first
    assert recorded(target.store, handle.id) == [("approved", "ana")]
    assert told(target.store, handle.id) == ["rita"]


async def test_a_conflicting_decision_after_the_death_is_refused_with_the_winner(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    handle = await opened(target, laptop())
    with target.store.begin():  # the other worker cannot record the decision either
        answer = await decide(handle, approval("ana"))
        await fleet.died()
        error = await refused(handle, rejection("bob"), Refusal.ALREADY_DECIDED)
    assert answer.decision is not None
    assert error.details == (asdict(answer.decision),)
    assert (await handle.result()).decision == answer.decision
    assert recorded(target.store, handle.id) == [("approved", "ana")]


async def test_a_decision_after_the_timeout_and_the_death_is_refused_with_its_outcome(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    handle = await opened(target, laptop(timeout_seconds=1))
    with target.store.begin():  # the other worker cannot record the outcome either
        await fleet.died()
        error = await refused(handle, approval("ana"), Refusal.TIMED_OUT)
        assert error.details[0]["outcome"] == "rejected"
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "timeout")
    assert recorded(target.store, handle.id) == [("rejected", "timeout")]


async def test_a_refused_decision_is_refused_after_the_death_too_and_leaves_nothing(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    policy = replace(SIGNED, users=["ana", "bob", "rita"], four_eyes=True, quorum=2)
    handle = await opened(target, laptop(policy))
    await decide(handle, signed(handle, approval("bob")))
    await fleet.kill_holder(handle)
    # The first signature that a fresh worker refuses must not cost its life.
    await refused(handle, approval("ana"), Refusal.NOT_ALLOWED)
    await refused(handle, signed(handle, approval("rita")), Refusal.NOT_ALLOWED)
    await refused(handle, signed(handle, approval("mallory")), Refusal.NOT_ALLOWED)
    await refused(handle, signed(handle, approval("bob", "d-2")), Refusal.ALREADY_VOTED)
    await decide(handle, signed(handle, approval("ana")))
    await fleet.died()
    result = await handle.result()
    assert [vote.approver for vote in result.votes] == ["bob", "ana"]
    assert recorded(target.store, handle.id) == [("approved", "ana")]
    accepted = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.meta.update_id
        for event in (await handle.fetch_history()).events
        if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert accepted == ["of-bob", "of-ana"]


async def test_a_quorum_counts_the_votes_of_before_the_death(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    handle = await opened(target, laptop(ApprovalPolicy(quorum=3)))
    for name in ("ana", "bob"):
        answer = await decide(handle, approval(name))
        assert answer.verdict is Verdict.COUNTED
        await fleet.kill_holder(handle)
        assert await decide(handle, approval(name)) == answer
    answer = await decide(handle, approval("cleo"))
    await fleet.died()
    assert (answer.verdict, answer.approvals) == (Verdict.DECIDED, 3)
    assert [vote.approver for vote in (await handle.result()).votes] == ["ana", "bob", "cleo"]
    assert recorded(target.store, handle.id) == [("approved", "cleo")]


async def test_a_withdrawal_stands_after_the_death_and_closes_the_request(
    target: EmbeddedTarget, fleet: DyingFleet
) -> None:
    handle = await opened(target, laptop())
    with target.store.begin():  # the other worker cannot record the withdrawal either
        await withdraw(handle, "rita")
        await fleet.died()
        error = await refused(handle, approval("ana"), Refusal.CLOSED)
        assert error.details[0]["outcome"] == "withdrawn"
    assert (await handle.result()).decision.outcome is Outcome.WITHDRAWN
    assert recorded(target.store, handle.id) == [("withdrawn", "rita")]


async def test_an_early_decision_outlives_the_worker_that_accepted_it(target: EmbeddedTarget) -> None:
    handle = await started(target, laptop())
    early = [asyncio.create_task(decide(handle, message)) for message in (approval("ana"), rejection("bob"))]
    fleet = DyingFleet(target, "process_request:after-effect")
    await fleet.start()
    await fleet.died()
    answers = await asyncio.gather(*early, return_exceptions=True)
    [lost] = [answer for answer in answers if isinstance(answer, BaseException)]
    assert isinstance(lost, WorkflowUpdateFailedError)
    assert isinstance(lost.cause, Exception)
    assert getattr(lost.cause, "type", "") == Refusal.ALREADY_DECIDED
    decision = (await handle.result()).decision
    assert recorded(target.store, handle.id) == [(decision.outcome, decision.decided_by)]
    assert {decision.decided_by} <= {"ana", "bob"}
