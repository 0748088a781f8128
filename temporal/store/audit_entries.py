"""What a recorded decision adds to the audit."""

from datetime import datetime

from temporal.messages.decision import TIMEOUT_APPROVER, Outcome, RecordDecisionInput
from temporal.store.audit import AuditEntry, AuditKind


def entries_of(decision: RecordDecisionInput, workflow_id: str, now: datetime) -> list[AuditEntry]:
    """Returns one entry for each vote, and one for how it ended.

    Args:
        decision: What is recorded.
        workflow_id: The approval's workflow.
        now: The time of what has no time of its own.

    Raises:
        ValueError: A time is not in ISO 8601.
    """

    def entry(
        kind: AuditKind,
        decision_id: str,
        who: str,
        what: Outcome,
        why: str,
        digest: str,
        channel: str,
        at: str,
    ) -> AuditEntry:
        return AuditEntry(
            approval_id=decision.approval_id,
            workflow_id=workflow_id,
            requester=decision.requester,
            decision_id=decision_id,
            kind=kind,
            who=who,
            what=what.value,
            why=why,
            payload_digest=digest,
            channel=channel,
            at=datetime.fromisoformat(at) if at else now,
        )

    votes = [
        entry(
            AuditKind.VOTE,
            vote.decision_id,
            vote.approver,
            vote.outcome,
            vote.comment,
            vote.payload_digest,
            vote.channel,
            vote.at,
        )
        for vote in decision.votes
    ]
    end = entry(
        _end(decision),
        decision.decision_id,
        decision.decided_by,
        decision.outcome,
        decision.comment,
        decision.payload_digest,
        decision.channel,
        decision.decided_at,
    )
    return [*votes, end]


def _end(decision: RecordDecisionInput) -> AuditKind:
    if decision.outcome is Outcome.WITHDRAWN:
        return AuditKind.WITHDRAWAL
    return AuditKind.TIMEOUT if decision.decided_by == TIMEOUT_APPROVER else AuditKind.OUTCOME
