"""The effects on the database, one method each, within the transaction of `EffectRecord.once`."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, insert, select

from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification
from temporal.store import schema
from temporal.store.audit import AuditKind, append
from temporal.store.audit_entries import end_of, votes_of
from temporal.store.contract import EffectCall
from temporal.store.deliveries import add_deliveries
from temporal.store.targets import TargetName


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

    def notification(self, message: Notification, targets: Sequence[TargetName] = ()) -> int:
        """Puts a message into the in-tray and the outbox; returns its row number in the in-tray."""
        message = dataclasses.replace(message, workflow_id=self._call.workflow_id)
        add_deliveries(self.connection, self._call.key, message, targets)
        return self._add(
            schema.notifications,
            recipient=message.recipient,
            subject=message.subject,
            body=message.body,
            kind=message.kind,
            approval_id=message.approval_id,
        )

    def decision(self, decision: RecordDecisionInput) -> int:
        """Stores a decision, its votes and its outcome; returns its row number in `decisions`.

        Without an outcome it stores the votes alone, and returns the last one's row number in the audit; 0 if
        the audit had them all.

        Raises:
            ValueError: `decided_at` or a vote's `at` is not a time in ISO 8601 with a zone.
            IntegrityError: The approval has a decision that another effect recorded.
        """
        now = datetime.now(UTC)
        last_vote = self._votes(decision, now)
        if decision.outcome is None:
            return last_vote
        append(self.connection, end_of(decision, decision.outcome, self._call.workflow_id, now))
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

    def _votes(self, decision: RecordDecisionInput, now: datetime) -> int:
        audit = schema.audit
        of_this = (audit.c.approval_id == decision.approval_id, audit.c.kind == AuditKind.VOTE.value)
        there = set(self.connection.scalars(select(audit.c.decision_id).where(*of_this)))
        row = 0
        for entry in votes_of(decision, self._call.workflow_id, now):
            if entry.decision_id not in there:  # else a run that was reset has told of it
                row = append(self.connection, entry)
        return row

    def _add(self, table: Table, **values: str) -> int:
        return self._insert(table, effect_key=self._call.key, at=datetime.now(UTC), **values)

    def _insert(self, table: Table, **values: str | datetime) -> int:
        statement = insert(table).values(workflow_id=self._call.workflow_id, **values)
        return int(self.connection.execute(statement.returning(table.c.id)).scalar_one())
