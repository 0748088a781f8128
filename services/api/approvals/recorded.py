"""Approvals that Temporal has forgotten after their retention: what the store's record still says of them."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from services.api.approvals.found import keyword, may_see
from services.api.context import Context
from services.api.identity import Identity
from services.api.problems import not_found
from temporal.messages.decision import Decision, Outcome, Vote
from temporal.store.audit import AuditEntry, AuditKind, audit_of
from temporal.store.schema import audit, decisions

ENDS = (AuditKind.OUTCOME, AuditKind.TIMEOUT, AuditKind.WITHDRAWAL)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An approval's record.

    Attributes:
        id: The workflow's id.
        approval_id: The approval's id in the audit.
        title: What was asked.
        requester: Who asked.
        decision: How it ended.
        entries: The audit, the oldest first.
    """

    id: str
    approval_id: str
    title: str
    requester: str
    decision: Decision
    entries: list[AuditEntry]

    @property
    def votes(self) -> list[Vote]:
        """The votes, the oldest first; the audit has digests of what was decided on, not the payloads."""
        return [
            Vote(
                decision_id=entry.decision_id,
                approver=entry.who,
                outcome=Outcome(entry.what),
                comment=entry.why,
                channel=entry.channel,
                at=entry.at.isoformat(),
                payload_digest=entry.payload_digest,
            )
            for entry in self.entries
            if entry.kind is AuditKind.VOTE
        ]

    @property
    def voters(self) -> frozenset[str]:
        """Who voted, as `may_see` compares names."""
        return frozenset(keyword(vote.approver) for vote in self.votes)


async def recorded(context: Context, workflow_id: str) -> Recorded | None:
    """Returns the latest decided approval under a workflow id; None when there is none.

    Raises:
        Problem: The store is away (503).
    """
    return await context.store.run(lambda engine: _read(engine, workflow_id))


async def visible_record(context: Context, identity: Identity, workflow_id: str) -> Recorded:
    """Returns a record that somebody may see: who asked, who voted, admins and auditors.

    Raises:
        Problem: There is none for their eyes (404), or the store is away (503).
    """
    found = await recorded(context, workflow_id)
    if found is None or not may_see(identity, keyword(found.requester), found.voters):
        raise not_found()
    return found


def _read(engine: Engine, workflow_id: str) -> Recorded | None:
    ended = (
        select(audit.c.approval_id)
        .where(audit.c.workflow_id == workflow_id, audit.c.kind.in_([kind.value for kind in ENDS]))
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    with engine.begin() as connection:
        approval_id = connection.scalar(ended)
        row = connection.execute(select(decisions).where(decisions.c.approval_id == approval_id)).first()
    if row is None:
        return None
    entries = audit_of(engine, row.approval_id)
    end = next(entry for entry in reversed(entries) if entry.kind in ENDS)
    decision = Decision(
        outcome=Outcome(row.outcome),
        decided_by=row.decided_by,
        comment=row.comment,
        decided_at=row.decided_at.isoformat(),
        decision_id=end.decision_id,
        channel=end.channel,
    )
    return Recorded(
        id=workflow_id,
        approval_id=row.approval_id,
        title=row.title,
        requester=row.requester,
        decision=decision,
        entries=entries,
    )
