"""Many approvals over kills, many deciders on one request, and notifications that go out once each."""

import asyncio
from collections import Counter
from dataclasses import asdict

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decide import DecideAnswer, DecideInput, Refusal, Verdict
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy
from temporal.store.schema import notifications
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.integration.approvals import Approval, recorded, told, waiting
from tests.integration.dying_workers import DyingFleet
from tests.workflows.deciding import approval, decide, laptop, rejection

pytest_plugins = ["tests.integration.engine_fixtures"]

WAITING = 100
DECIDERS = 100
AT_ONCE = 10
"""Decisions on their way at once; one workflow takes no more, and a small machine is busy with these."""

BUSY = {RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.ABORTED, RPCStatusCode.UNAVAILABLE}


async def started(target: EmbeddedTarget, request: ApprovalRequest, name: str = "laptop") -> Approval:
    return await target.client.start_workflow(
        ApprovalWorkflow.run, request, id=f"{target.task_queue}-{name}", task_queue=target.task_queue
    )


async def insist(handle: Approval, message: DecideInput) -> DecideAnswer:
    """Decides as a client that retries: the same decision again whenever the server is too busy."""
    while True:
        try:
            return await decide(handle, message)
        except RPCError as error:
            if error.status not in BUSY:
                raise
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            pass  # the answer was lost; whether it counted the same decision id tells


def subjects(target: EmbeddedTarget, workflow_id: str) -> Counter[tuple[str, str]]:
    """Counts an approval's notifications by the beginning of their subject and their recipient."""
    with target.store.begin() as connection:
        rows = connection.execute(
            select(notifications.c.subject, notifications.c.recipient).where(
                notifications.c.workflow_id == workflow_id
            )
        )
        return Counter((row.subject.partition(":")[0], row.recipient) for row in rows)


async def test_a_hundred_approvals_that_wait_over_kills_lose_no_decision(target: EmbeddedTarget) -> None:
    fleet = SupervisedFleet(target)
    await fleet.start()
    limit = asyncio.Semaphore(AT_ONCE)
    handles = [await started(target, laptop(), str(number)) for number in range(WAITING)]
    await asyncio.gather(*(waiting(handle) for handle in handles))
    await fleet.kill_holder(handles[0])

    async def decided(number: int, handle: Approval) -> DecideAnswer:
        message = approval("ana") if number % 2 else rejection("bob")
        async with limit:
            return await insist(handle, message)

    deciding = [asyncio.create_task(decided(number, handle)) for number, handle in enumerate(handles)]
    await asyncio.wait(deciding, return_when=asyncio.FIRST_COMPLETED)
    await fleet.kill_holder(handles[-1])  # while decisions are on their way
    answers = await asyncio.gather(*deciding)
    results = await asyncio.gather(*(handle.result() for handle in handles))
    for number, (handle, answer, result) in enumerate(zip(handles, answers, results, strict=True)):
        expected = (Outcome.APPROVED, "ana") if number % 2 else (Outcome.REJECTED, "bob")
        assert result.decision == answer.decision
        assert recorded(target.store, handle.id) == [expected]
        assert told(target.store, handle.id) == ["rita"]


@pytest.mark.parametrize("quorum", [1, 3])
async def test_of_a_hundred_deciders_at_once_as_many_as_needed_count_and_the_others_get_the_winner(
    target: EmbeddedTarget, quorum: int
) -> None:
    await target.start_worker()
    handle = await started(target, laptop(ApprovalPolicy(quorum=quorum)))
    await waiting(handle)
    messages = [approval(f"user-{number}") for number in range(DECIDERS)]
    limit = asyncio.Semaphore(2 * AT_ONCE)  # more than the server takes for one workflow

    async def queued(message: DecideInput) -> DecideAnswer:
        async with limit:
            return await insist(handle, message)

    with target.store.begin():  # the outcome cannot be recorded, so the request stays open for answers
        answers = await asyncio.gather(*map(queued, messages), return_exceptions=True)
    counted = [answer for answer in answers if isinstance(answer, DecideAnswer)]
    assert Counter(answer.verdict for answer in counted) == Counter(
        {Verdict.COUNTED: quorum - 1, Verdict.DECIDED: 1}
    ) - Counter({Verdict.COUNTED: 0})
    [winner] = [answer.decision for answer in counted if answer.decision is not None]
    refused = [answer for answer in answers if isinstance(answer, WorkflowUpdateFailedError)]
    assert len(refused) == DECIDERS - quorum
    for error in refused:
        assert isinstance(error.cause, ApplicationError)
        assert (error.cause.type, error.cause.details) == (Refusal.ALREADY_DECIDED, (asdict(winner),))
    result = await handle.result()
    assert (result.decision, len(result.votes)) == (winner, quorum)
    assert recorded(target.store, handle.id) == [("approved", winner.decided_by)]


async def test_approvers_are_asked_reminded_and_told_once_each_over_deaths(target: EmbeddedTarget) -> None:
    fleet = DyingFleet(target, "send_notification:after-effect")
    await fleet.start()
    policy = ApprovalPolicy(
        users=["ana", "bob"],
        quorum=2,
        remind_every_seconds=2,
        max_reminders=2,
        escalate_after_seconds=3,
        escalate_to_users=["boss"],
    )
    handle = await started(target, laptop(policy))
    await fleet.died()
    while (await handle.query(ApprovalWorkflow.get_status)).reminders < 1:
        await asyncio.sleep(0.05)
    await fleet.kill_holder(handle)
    while sum(subjects(target, handle.id).values()) < 8:
        await asyncio.sleep(0.05)
    for name in ("ana", "boss"):
        await decide(handle, approval(name))
    await handle.result()
    assert subjects(target, handle.id) == Counter(
        {
            ("please decide", "ana"): 1,
            ("please decide", "bob"): 1,
            ("still to decide", "ana"): 2,
            ("still to decide", "bob"): 2,
            ("still to decide", "boss"): 1,
            ("escalated to you", "boss"): 1,
            ("approved", "rita"): 1,
        }
    )
