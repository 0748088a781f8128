"""What the audit holds of a request's votes, however the request ended."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import approval_id
from temporal.messages.decision import payload_digest
from temporal.messages.policy import ApprovalPolicy
from temporal.store.audit import AuditEntry, AuditKind, audit_of
from tests.workflows.deciding import approval, decide, laptop, rejection, withdraw
from tests.workflows.observed import POLL_SECONDS, approval_in, approval_status, assert_canceled, events
from tests.workflows.stage import ApprovalHandle, Stage

THREE = ApprovalPolicy(users=["ana", "bob", "cleo"], quorum=3, reject_ends=False)
HOUR = 3_600


async def opened(
    stage: Stage, policy: ApprovalPolicy = THREE, timeout_seconds: float | None = None
) -> ApprovalHandle:
    handle = await stage.request_approval(laptop(policy, timeout_seconds))
    await approval_in(handle, ApprovalPhase.PENDING)
    return handle


def audited(stage: Stage, handle: ApprovalHandle) -> list[AuditEntry]:
    return audit_of(stage.store, approval_id(handle.id, handle.first_execution_run_id or ""))


def told(entries: list[AuditEntry]) -> list[tuple[str, str, str, str]]:
    return [(entry.kind, entry.who, entry.what, entry.why) for entry in entries]


async def test_a_canceled_requests_votes_are_in_the_audit(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(quorum=3))
    await decide(handle, approval("ana", "d-1", comment="fine", channel="page"))
    await handle.signal("approve", {"approver": "bob", "edited": {"price": 1}})
    while len((status := await approval_status(handle)).votes) < 2:
        await asyncio.sleep(POLL_SECONDS)
    await handle.cancel()
    await assert_canceled(handle)

    entries = audited(stage, handle)
    assert told(entries) == [
        (AuditKind.VOTE, "ana", "approved", "fine"),
        (AuditKind.VOTE, "bob", "approved", ""),
    ]
    assert [entry.at.isoformat() for entry in entries] == [vote.at for vote in status.votes]
    assert [(entry.decision_id, entry.channel) for entry in entries] == [
        ("d-1", "page"),
        ("signal-1", "signal"),
    ]
    assert [entry.payload_digest for entry in entries] == [
        payload_digest({"price": 900}),
        payload_digest({"price": 1}),
    ]
    assert {(entry.requester, entry.workflow_id) for entry in entries} == {("rita", handle.id)}


async def test_a_canceled_request_nobody_voted_on_leaves_no_vote_and_no_marker(stage: Stage) -> None:
    handle = await opened(stage)
    await handle.cancel()
    await assert_canceled(handle)
    assert audited(stage, handle) == []
    assert "MARKER_RECORDED" not in await events(handle)


async def test_votes_are_recorded_though_the_store_is_away_when_the_cancellation_comes(stage: Stage) -> None:
    handle = await opened(stage)
    await decide(handle, approval("ana"))
    with stage.store.begin():  # nothing can be recorded yet
        await handle.cancel()
        await approval_in(handle, ApprovalPhase.CANCELED)
    await assert_canceled(handle)
    assert told(audited(stage, handle)) == [(AuditKind.VOTE, "ana", "approved", "")]


async def test_an_early_vote_that_a_cancellation_took_back_was_never_one(idle_stage: Stage) -> None:
    handle = await idle_stage.request_approval(laptop(THREE), signal="approve", payload={"approver": "ana"})
    await handle.cancel()
    async with idle_stage.worker():
        await assert_canceled(handle)
    assert audited(idle_stage, handle) == []


async def test_the_votes_before_a_timeout_are_in_the_audit(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(quorum=3, reject_ends=False), HOUR)
    await decide(handle, approval("ana"))
    await decide(handle, rejection("bob", comment="too dear"))
    await handle.result()
    assert told(audited(stage, handle)) == [
        (AuditKind.VOTE, "ana", "approved", ""),
        (AuditKind.VOTE, "bob", "rejected", "too dear"),
        (AuditKind.TIMEOUT, "timeout", "rejected", "nobody decided in time"),
    ]


async def test_the_votes_before_and_after_an_escalation_are_in_the_audit(stage: Stage) -> None:
    policy = ApprovalPolicy(
        users=["ana", "bob"], quorum=2, escalate_after_seconds=HOUR, escalate_to_users=["boss"]
    )
    handle = await opened(stage, policy)
    before = datetime.now(UTC)
    await decide(handle, approval("ana"))
    await stage.skip(timedelta(hours=2))
    await decide(handle, approval("boss"))
    await handle.result()
    entries = audited(stage, handle)
    assert told(entries) == [
        (AuditKind.VOTE, "ana", "approved", ""),
        (AuditKind.VOTE, "boss", "approved", ""),
        (AuditKind.OUTCOME, "boss", "approved", ""),
    ]
    assert entries[1].at - entries[0].at >= timedelta(hours=2)
    assert entries[0].at < before + timedelta(hours=1)


async def test_the_votes_before_a_withdrawal_are_in_the_audit(stage: Stage) -> None:
    handle = await opened(stage)
    await decide(handle, approval("ana"))
    await withdraw(handle, "rita", reason="found one")
    await handle.result()
    assert told(audited(stage, handle)) == [
        (AuditKind.VOTE, "ana", "approved", ""),
        (AuditKind.WITHDRAWAL, "rita", "withdrawn", "found one"),
    ]
