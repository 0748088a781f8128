"""The effects on the database, one method each, within the transaction of `EffectRecord.once`."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Table, insert

from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification
from temporal.store import schema
from temporal.store.contract import EffectCall


class DatabaseWrites:
    """Writes rows that hold the effect's key: the `Writes` of an activity.

    Args:
        connection: In the transaction that stores the effect.
        call: Which effect it is.
    """

    def __init__(self, connection: Connection, call: EffectCall) -> None:
        self.connection = connection
        self._call = call

    def step(self, name: str, output: str) -> int:
        """Stores a step's output; returns its row number."""
        return self._add(schema.steps, step=name, output=output)

    def event(self, kind: str, message: str) -> int:
        """Adds a business event; returns its row number."""
        return self._add(schema.events, kind=kind, message=message)

    def notification(self, message: Notification) -> int:
        """Puts a message into the recipient's in-tray; returns its row number."""
        return self._add(
            schema.notifications, recipient=message.recipient, subject=message.subject, body=message.body
        )

    def decision(self, decision: RecordDecisionInput) -> int:
        """Adds a decision to the audit; returns its row number.

        Raises:
            ValueError: `decided_at` is not a time in ISO 8601 with a zone.
            IntegrityError: The approval has a decision that another effect recorded.
        """
        now = datetime.now(UTC)
        return self._insert(
            schema.decisions,
            approval_id=decision.approval_id,
            title=decision.title,
            requester=decision.requester,
            outcome=decision.outcome.value,
            decided_by=decision.decided_by,
            comment=decision.comment,
            decided_at=datetime.fromisoformat(decision.decided_at) if decision.decided_at else now,
            recorded_at=now,
        )

    def _add(self, table: Table, **values: str) -> int:
        return self._insert(table, effect_key=self._call.key, at=datetime.now(UTC), **values)

    def _insert(self, table: Table, **values: str | datetime) -> int:
        statement = insert(table).values(workflow_id=self._call.workflow_id, **values)
        return int(self.connection.execute(statement.returning(table.c.id)).scalar_one())
