"""Requests, reminders and escalations: who is told what, when, and once each."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Row, text

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.decide import Refusal
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy
from temporal.store import schema
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.workflows.deciding import approval, decide, laptop, refused
from tests.workflows.observed import POLL_SECONDS, approval_in, approval_status, events, timers
from tests.workflows.stage import ApprovalHandle, Stage
from tests.workflows.test_visibility import searchable

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
HUNDRED_DAYS = 100 * 86_400
DAILY = ApprovalPolicy(users=["ana", "bob"], groups=["finance"], remind_every_seconds=86_400, quorum=2)
WEEKLY = replace(DAILY, remind_every_seconds=7 * 86_400, max_reminders=1_000)
ESCALATING = ApprovalPolicy(
    users=["ana"], escalate_after_seconds=3 * 86_400, escalate_to_users=["boss"], escalate_to_groups=["board"]
)


def told(stage: Stage) -> list[tuple[str, str]]:
    """Returns the subject's beginning and the recipient of every notification, sorted."""
    rows: Sequence[Row[tuple[object, ...]]] = stage.rows(schema.notifications)
    return sorted((str(row.subject).partition(":")[0], str(row.recipient)) for row in rows)


async def opened(stage: Stage, request: ApprovalRequest) -> ApprovalHandle:
    handle = await stage.request_approval(request, limit=2 * YEAR)
    await approval_in(handle, ApprovalPhase.PENDING)
    return handle


async def until_told(stage: Stage, number: int) -> list[tuple[str, str]]:
    """Waits until so many notifications are stored, for as long as the test may take."""
    while len(found := told(stage)) < number:
        await asyncio.sleep(POLL_SECONDS)
    return found


async def test_every_approver_is_asked_once_at_the_opening(stage: Stage) -> None:
    handle = await opened(stage, laptop(DAILY))
    assert await until_told(stage, 3) == [
        ("please decide", "ana"),
        ("please decide", "bob"),
        ("please decide", "group:finance"),
    ]
    await decide(handle, approval("ana"))
    await decide(handle, approval("bob"))
    await handle.result()
    assert told(stage)[0] == ("approved", "rita")
    assert len(told(stage)) == 4


async def test_nobody_is_asked_when_anybody_may_decide_or_it_is_decided_already(stage: Stage) -> None:
    anybody = await opened(stage, laptop())
    await anybody.signal("approve", {"approver": "ana"})
    await anybody.result()  # before the next: while a test waits for a result, the clock of all jumps
    early = await stage.request_approval(
        laptop(replace(DAILY, quorum=1)),
        signal="approve",
        payload={"approver": "ana"},
        limit=2 * YEAR,
    )
    await early.result()
    assert told(stage) == [("approved", "rita"), ("approved", "rita")]


async def test_those_who_have_not_decided_are_reminded_each_time_for_a_hundred_days(stage: Stage) -> None:
    handle = await opened(stage, laptop(WEEKLY, timeout_seconds=HUNDRED_DAYS))
    await until_told(stage, 3)
    await decide(handle, approval("ana"))
    result = await handle.result()
    assert (result.decision.outcome, result.decision.decided_by) == (Outcome.REJECTED, "timeout")
    counts = Counter(told(stage))
    assert counts["still to decide", "bob"] == counts["still to decide", "group:finance"] == 14
    assert counts["still to decide", "ana"] == 0
    status = await approval_status(handle)
    assert status.reminders == 14
    assert status.opened_at is not None
    waited = datetime.fromisoformat(result.decision.decided_at) - datetime.fromisoformat(status.opened_at)
    assert timedelta(0) <= waited - timedelta(seconds=HUNDRED_DAYS) < timedelta(minutes=1)


async def test_reminders_go_out_at_their_time_and_end_at_their_number(stage: Stage) -> None:
    handle = await opened(stage, laptop(replace(DAILY, max_reminders=2)))
    await until_told(stage, 3)
    await stage.skip(timedelta(hours=23))
    assert (await approval_status(handle)).reminders == 0
    await stage.skip(timedelta(hours=2))
    await until_told(stage, 6)
    await stage.skip(timedelta(days=50))
    await until_told(stage, 9)
    assert (await approval_status(handle)).reminders == 2
    started = await timers(handle)
    assert len(started) == 2
    assert all(timedelta(hours=23) < timer <= DAY for timer in started)


async def test_the_requester_is_not_reminded_to_decide_under_four_eyes(stage: Stage) -> None:
    policy = ApprovalPolicy(users=["ana", "rita"], four_eyes=True)
    handle = await opened(stage, laptop(policy))
    assert await until_told(stage, 1) == [("please decide", "ana")]
    await decide(handle, approval("ana"))
    await handle.result()
    assert told(stage) == [("approved", "rita"), ("please decide", "ana")]


async def test_an_escalation_lets_further_approvers_decide_and_tells_them_once(stage: Stage) -> None:
    handle = await opened(stage, laptop(ESCALATING))
    await refused(handle, approval("boss"), Refusal.NOT_ALLOWED)
    await stage.skip(timedelta(days=2, hours=23))
    assert not (await approval_status(handle)).escalated
    await stage.skip(timedelta(hours=2))
    assert await until_told(stage, 3) == [
        ("escalated to you", "boss"),
        ("escalated to you", "group:board"),
        ("please decide", "ana"),
    ]
    assert (await approval_status(handle)).escalated
    await stage.skip(YEAR)
    await decide(handle, approval("zoe", groups=["board"]))
    assert (await handle.result()).decision.decided_by == "zoe"
    assert len(told(stage)) == 4
    assert await searchable(handle, "ApprovalApprovers") == [["ana"], ["ana", "boss", "group:board"]]


async def test_after_an_escalation_all_are_reminded(stage: Stage) -> None:
    policy = replace(ESCALATING, remind_every_seconds=4 * 86_400, max_reminders=1)
    handle = await opened(stage, laptop(policy))
    await until_told(stage, 1)
    await stage.skip(timedelta(days=3, hours=1))
    await until_told(stage, 3)
    await stage.skip(timedelta(days=1))
    assert {name for kind, name in await until_told(stage, 6) if kind == "still to decide"} == {
        "ana",
        "boss",
        "group:board",
    }
    await decide(handle, approval("boss"))


async def test_a_decision_does_not_wait_for_a_notification_that_cannot_go_out(stage: Stage) -> None:
    with stage.store.begin() as connection:
        connection.execute(text("DROP TABLE notifications"))
    handle = await stage.request_approval(laptop(DAILY), limit=2 * YEAR)
    await approval_in(handle, ApprovalPhase.PENDING)
    await decide(handle, approval("ana"))
    await decide(handle, approval("bob"))
    # The decision is recorded while the requester still cannot be told, which is tried for an hour.
    await approval_in(handle, ApprovalPhase.NOTIFYING)
    status = await handle.query(ApprovalWorkflow.get_status)
    assert status.decision is not None
    assert status.decision.outcome is Outcome.APPROVED
    assert Counter(await events(handle))["ACTIVITY_TASK_CANCEL_REQUESTED"] == 3
    await handle.terminate()
