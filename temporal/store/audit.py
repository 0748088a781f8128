"""The audit of approvals: votes and outcomes by the workflow, refusals by the API; rows are only ever added.

The database itself refuses to update, delete or truncate the tables `audit` and `decisions`, whoever asks by
SQL. Who owns the tables (or the SQLite file) can still drop them or their triggers: keep a copy elsewhere
where that matters.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from temporal.messages.validation import MAX_TEXT_CHARACTERS
from temporal.store.database_errors import store_errors
from temporal.store.schema import audit


class AuditKind(StrEnum):
    """What an entry tells of."""

    VOTE = "vote"
    OUTCOME = "outcome"
    TIMEOUT = "timeout"
    WITHDRAWAL = "withdrawal"
    REFUSAL = "refusal"


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One thing that happened.

    Attributes:
        approval_id: Of which approval.
        workflow_id: Its workflow.
        requester: Who asked for it.
        decision_id: The decision's own id, as its sender chose it; empty when it has none.
        kind: What the entry tells of.
        who: Who did it; `timeout` when nobody did in time.
        what: The vote, the outcome, or the kind of refusal.
        why: The comment, or the reason of the refusal.
        payload_digest: SHA-256 of what was decided on, in hexadecimal; empty when unknown.
        channel: How it came: `update`, `signal`, `api`, `page` or `link`.
        at: When it happened.
        recorded_at: When it was written; None before.
    """

    approval_id: str
    workflow_id: str
    requester: str
    decision_id: str
    kind: AuditKind
    who: str
    what: str
    why: str
    payload_digest: str
    channel: str
    at: datetime
    recorded_at: datetime | None = None


def append(connection: Connection, entry: AuditEntry) -> int:
    """Adds an entry within the transaction of what it tells of; returns its row number."""
    values = vars(entry) | {"kind": entry.kind.value, "recorded_at": datetime.now(UTC)}
    return int(connection.execute(insert(audit).values(**values).returning(audit.c.id)).scalar_one())


def record_refusal(
    engine: Engine,
    *,
    approval_id: str,
    workflow_id: str,
    who: str,
    what: str,
    why: str,
    channel: str,
    requester: str = "",
    decision_id: str = "",
    payload_digest: str = "",
) -> int:
    """Adds a refused decision to the audit, in a transaction of its own; returns its row number.

    A client that asks again is refused again: each refusal is an entry. What a stranger sent is stored as it
    came, but for what no database takes (NUL, lone surrogates) and what is longer than 10,000 characters.

    Args:
        engine: A prepared store.
        approval_id: Of which approval.
        workflow_id: Its workflow.
        who: Who was refused.
        what: The kind of refusal, such as `NotAllowed`.
        why: The reason.
        channel: How the decision came.
        requester: Who asked for the approval, so that row-level security lets the requester read the entry.
        decision_id: The refused decision's id.
        payload_digest: SHA-256 of what it was about.

    Raises:
        StoreError: The store did not answer in time.
    """
    entry = AuditEntry(
        approval_id=_storable(approval_id),
        workflow_id=_storable(workflow_id),
        requester=_storable(requester),
        decision_id=_storable(decision_id),
        kind=AuditKind.REFUSAL,
        who=_storable(who),
        what=_storable(what),
        why=_storable(why),
        payload_digest=_storable(payload_digest),
        channel=_storable(channel),
        at=datetime.now(UTC),
    )
    with store_errors(engine), engine.begin() as connection:
        return append(connection, entry)


def audit_of(engine: Engine, approval_id: str) -> list[AuditEntry]:
    """Returns what is recorded of an approval, the oldest first; empty for an unknown one.

    Raises:
        StoreError: The store did not answer in time.
    """
    columns = [column for column in audit.c if column is not audit.c.id]
    statement = select(*columns).where(audit.c.approval_id == _storable(approval_id)).order_by(audit.c.id)
    with store_errors(engine), engine.begin() as connection:
        rows = connection.execute(statement).mappings().all()
    return [AuditEntry(**{**row, "kind": AuditKind(row["kind"])}) for row in rows]


def _storable(text: str) -> str:
    clean = text[:MAX_TEXT_CHARACTERS].replace("\0", "�")
    return clean.encode(errors="replace").decode()
