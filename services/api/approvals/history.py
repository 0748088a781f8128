"""What happened to an approval: from the audit, and from the workflow what is not recorded yet."""

from dataclasses import dataclass
from datetime import datetime

from services.api.approvals.fetch import Approval, fetch
from services.api.context import Context
from services.api.identity import Identity
from temporal.store.audit import AuditEntry, AuditKind, audit_of


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened; `kind` is opened or one of the audit's."""

    kind: str
    at: datetime | None
    who: str
    what: str
    why: str = ""
    channel: str = ""
    decision_id: str = ""
    payload_digest: str = ""


async def history(context: Context, identity: Identity, workflow_id: str) -> list[Event]:
    """Returns what happened, the oldest first; refusals only for admins and auditors.

    Raises:
        Problem: There is no such approval for the caller's eyes (404), or something is away (503).
    """
    approval = await fetch(context, identity, workflow_id)
    entries = await context.store.run(lambda engine: audit_of(engine, approval.status.approval_id))
    return events_of(approval, entries, refusals=identity.sees_all)


def events_of(approval: Approval, entries: list[AuditEntry], *, refusals: bool) -> list[Event]:
    """Puts a status and its audit into one order."""
    status = approval.status
    events = [_recorded(entry) for entry in entries if refusals or entry.kind is not AuditKind.REFUSAL]
    if status.opened_at:
        opened = datetime.fromisoformat(status.opened_at)
        events.append(Event(kind="opened", at=opened, who=status.requester, what=status.title))
    known = {entry.decision_id for entry in entries if entry.kind is AuditKind.VOTE}
    events += [
        Event(
            kind=AuditKind.VOTE,
            at=datetime.fromisoformat(vote.at),
            who=vote.approver,
            what=vote.outcome,
            why=vote.comment,
            channel=vote.channel,
            decision_id=vote.decision_id,
            payload_digest=vote.payload_digest,
        )
        for vote in status.votes
        if vote.at and vote.decision_id not in known
    ]
    return sorted(events, key=lambda event: event.at.timestamp() if event.at else 0.0)


def _recorded(entry: AuditEntry) -> Event:
    return Event(
        kind=entry.kind,
        at=entry.at,
        who=entry.who,
        what=entry.what,
        why=entry.why,
        channel=entry.channel,
        decision_id=entry.decision_id,
        payload_digest=entry.payload_digest,
    )
