"""The effects on the database, one function each, for use within `EffectRecord.once` on its connection."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Table, insert

from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification
from temporal.store import schema
from temporal.store.effects import EffectCall


def step(connection: Connection, call: EffectCall, name: str, output: str) -> int:
    """Stores a step's output; returns its row number."""
    return _add(connection, schema.steps, call, step=name, output=output)


def event(connection: Connection, call: EffectCall, kind: str, message: str) -> int:
    """Adds a business event; returns its row number."""
    return _add(connection, schema.events, call, kind=kind, message=message)


def notification(connection: Connection, call: EffectCall, message: Notification) -> int:
    """Puts a message into the recipient's in-tray; returns its row number."""
    return _add(
        connection,
        schema.notifications,
        call,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
    )


def decision(connection: Connection, call: EffectCall, message: RecordDecisionInput) -> int:
    """Adds a decision to the audit; returns its row number.

    Raises:
        ValueError: `decided_at` is not a time in ISO 8601 with a zone.
        IntegrityError: The approval has a decision that another effect recorded.
    """
    now = datetime.now(UTC)
    statement = insert(schema.decisions).values(
        approval_id=message.approval_id,
        workflow_id=call.workflow_id,
        title=message.title,
        requester=message.requester,
        outcome=message.outcome.value,
        decided_by=message.decided_by,
        comment=message.comment,
        decided_at=datetime.fromisoformat(message.decided_at) if message.decided_at else now,
        recorded_at=now,
    )
    return _row(connection.execute(statement.returning(schema.decisions.c.id)).scalar_one())


def _add(connection: Connection, table: Table, call: EffectCall, **values: str) -> int:
    statement = insert(table).values(
        effect_key=call.key, workflow_id=call.workflow_id, at=datetime.now(UTC), **values
    )
    return _row(connection.execute(statement.returning(table.c.id)).scalar_one())


def _row(number: object) -> int:
    return int(str(number))
