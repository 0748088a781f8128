"""The outbox in the database: which targets outside it were told, and the receipts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from temporal.messages.delivery import Notification
from temporal.notify_settings import NotifySettings
from temporal.store.database_errors import store_errors
from temporal.store.schema import deliveries
from temporal.store.targets import DeliveryState, TargetName


class DatabaseOutbox:
    """The `Outbox` in a prepared store.

    Args:
        engine: The store; threads may share it.
        settings: Who is told where; by default nobody.

    Attributes:
        settings: The same.
    """

    settings: NotifySettings

    def __init__(self, engine: Engine, settings: NotifySettings | None = None) -> None:
        self._engine = engine
        self.settings = settings or NotifySettings()

    def begin(
        self, notification_id: str, notification: Notification, targets: Sequence[TargetName]
    ) -> list[str]:
        """Marks the undelivered as being sent, and returns their names; the contract is `Outbox.begin`.

        Raises:
            StoreError: The store did not answer in time.
        """
        states = select(deliveries.c.target, deliveries.c.state).where(
            deliveries.c.notification_id == notification_id
        )
        with store_errors(self._engine), self._engine.begin() as connection:
            known = {row.target: row.state for row in connection.execute(states)}
            missing = [target for target in targets if target.name not in known]
            add_deliveries(connection, notification_id, notification, missing)
            wanted = [target.name for target in targets]
            for name in known.keys() - set(wanted):
                if known[name] != DeliveryState.DELIVERED:
                    _set(connection, notification_id, name, DeliveryState.DROPPED, "no longer configured")
            due = [name for name in wanted if known.get(name) != DeliveryState.DELIVERED]
            connection.execute(
                update(deliveries)
                .where(deliveries.c.notification_id == notification_id, deliveries.c.target.in_(due))
                .values(
                    state=DeliveryState.SENDING.value,
                    attempts=deliveries.c.attempts + 1,
                    at=datetime.now(UTC),
                )
            )
        return due

    def end(self, notification_id: str, target: str, state: DeliveryState, receipt: str) -> None:
        """Stores what came of a try; the contract is `Outbox.end`.

        Raises:
            StoreError: The store did not answer in time.
        """
        with store_errors(self._engine), self._engine.begin() as connection:
            _set(connection, notification_id, target, state, receipt)


def add_deliveries(
    connection: Connection, notification_id: str, notification: Notification, targets: Sequence[TargetName]
) -> None:
    """Adds a pending row for each target, within the connection's transaction."""
    if not targets:
        return
    same = {
        "notification_id": notification_id,
        "workflow_id": notification.workflow_id,
        "approval_id": notification.approval_id,
        "recipient": notification.recipient,
        "kind": notification.kind,
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "receipt": "",
        "at": datetime.now(UTC),
    }
    rows = [same | {"target": target.name, "scheme": target.scheme} for target in targets]
    connection.execute(insert(deliveries), rows)


def _set(
    connection: Connection, notification_id: str, target: str, state: DeliveryState, receipt: str
) -> None:
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.notification_id == notification_id,
            deliveries.c.target == target,
            # What a target has accepted, an attempt that failed beside it does not undo.
            deliveries.c.state != DeliveryState.DELIVERED.value,
        )
        .values(state=state.value, receipt=receipt, at=datetime.now(UTC))
    )
