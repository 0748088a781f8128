"""The outbox as activities see it: targets, their state, and who keeps both. No database library here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from temporal.messages.delivery import Notification
from temporal.notify_settings import NotifySettings


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    """Not tried yet."""
    SENDING = "sending"
    """Begun; found by a later attempt it means that nobody knows whether the target heard it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """The last try failed; it is tried again while the activity is."""
    DROPPED = "dropped"
    """No longer configured when it was to be tried."""


@dataclass(frozen=True, kw_only=True)
class TargetName:
    """A target as the store knows it: by a digest that tells no secret, and its URL's scheme."""

    name: str
    scheme: str


class Outbox(Protocol):
    """One row a notification and target: threads and workers may share it."""

    @property
    def settings(self) -> NotifySettings:
        """Who is told where."""

    def begin(
        self, notification_id: str, notification: Notification, targets: Sequence[TargetName]
    ) -> list[str]:
        """Marks the undelivered as being sent, and returns their names.

        Targets that have no row get one; rows whose target is not given any more are dropped.

        Raises:
            StoreError: The store did not answer in time.
        """

    def end(self, notification_id: str, target: str, state: DeliveryState, receipt: str) -> None:
        """Stores what came of a try; what is delivered stays so.

        Raises:
            StoreError: The store did not answer in time.
        """
