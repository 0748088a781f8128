"""What a request's end adds to the audit: its votes, and its decision if there is one."""

from datetime import datetime

from temporal.messages.decision import TIMEOUT_APPROVER, Outcome, RecordDecisionInput
from temporal.store.audit import AuditEntry, AuditKind


def votes_of(decision: RecordDecisionInput, workflow_id: str, now: datetime) -> list[AuditEntry]:
    """Returns one entry for each vote.

    Args:
        decision: What is recorded.
        workflow_id: The approval's workflow.
        now: The time of what has no time of its own.

    Raises:
        ValueError: A time is not in ISO 8601.
    """
    return [
        AuditEntry(
            approval_id=decision.approval_id,
            workflow_id=workflow_id,
            requester=decision.requester,
            decision_id=vote.decision_id,
            kind=AuditKind.VOTE,
            who=vote.approver,
            what=vote.outcome.value,
            why=vote.comment,
            payload_digest=vote.payload_digest,
            channel=vote.channel,
            at=_time_of(vote.at, now),
        )
        for vote in decision.votes
    ]


def end_of(decision: RecordDecisionInput, outcome: Outcome, workflow_id: str, now: datetime) -> AuditEntry:
    """Returns the entry for how a request ended; the rest is as `votes_of` says."""
    return AuditEntry(
        approval_id=decision.approval_id,
        workflow_id=workflow_id,
        requester=decision.requester,
        decision_id=decision.decision_id,
        kind=_kind_of(outcome, decision.decided_by),
        who=decision.decided_by,
        what=outcome.value,
        why=decision.comment,
        payload_digest=decision.payload_digest,
        channel=decision.channel,
        at=_time_of(decision.decided_at, now),
    )


def _kind_of(outcome: Outcome, decided_by: str) -> AuditKind:
    if outcome is Outcome.WITHDRAWN:
        return AuditKind.WITHDRAWAL
    return AuditKind.TIMEOUT if decided_by == TIMEOUT_APPROVER else AuditKind.OUTCOME


def _time_of(text: str, now: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else now
