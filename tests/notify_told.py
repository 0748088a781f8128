"""Attempts of `send_notification` over one store and one file of targets, and what they left."""

import dataclasses
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from temporalio.exceptions import ApplicationError

from temporal.activities.approvals import ApprovalActivities
from temporal.messages.delivery import Notification
from temporal.notify_settings import NotifySettings
from temporal.store import schema
from temporal.store.effects import EffectRecord
from tests.activity_attempts import an_attempt
from tests.notify_process import MESSAGE


@dataclasses.dataclass
class Told:
    """The activity over one store and one file of targets."""

    store: Engine
    file: Path

    def targets(self, **people: list[str]) -> None:
        """Writes the file."""
        lines = [f"{json.dumps(name)} = {json.dumps(urls)}" for name, urls in people.items()]
        self.file.write_text("[people]\n" + "\n".join(lines))

    def send(self, number: int = 1, message: Notification = MESSAGE, timeout: float = 8) -> None:
        """Makes an attempt."""
        record = EffectRecord(self.store, "worker", notify=NotifySettings(self.file, timeout))
        an_attempt(number).run(ApprovalActivities(record).send_notification, message)

    def refused(self, number: int = 1, timeout: float = 8) -> ApplicationError:
        """Makes an attempt that fails."""
        with pytest.raises(ApplicationError) as error:
            self.send(number, timeout=timeout)
        return error.value

    def rows(self) -> list[tuple[str, int, str]]:
        """Returns state, attempts and receipt of each delivery, the oldest first."""
        columns = (schema.deliveries.c.state, schema.deliveries.c.attempts, schema.deliveries.c.receipt)
        with self.store.begin() as connection:
            return [(*row,) for row in connection.execute(select(*columns).order_by(schema.deliveries.c.id))]

    def states(self) -> list[tuple[str, int]]:
        """Returns state and attempts of each delivery."""
        return [(state, attempts) for state, attempts, _ in self.rows()]

    def in_tray(self) -> list[str]:
        """Returns who has the message in the in-tray."""
        with self.store.begin() as connection:
            return list(connection.scalars(select(schema.notifications.c.recipient)))
