"""Tells all targets of a notification: each until it has taken the message, none again after that."""

import dataclasses
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio.exceptions import ApplicationError

from temporal.activities.provider import NotTakenError, Target, load, send
from temporal.messages.delivery import Notification
from temporal.notify_settings import NotifySettings, read_targets
from temporal.store.contract import EffectCall
from temporal.store.errors import StoreError
from temporal.store.targets import DeliveryState, Outbox


def targets_of(settings: NotifySettings, recipient: str) -> list[Target]:
    """Returns where a recipient is told, by the file as it is now; empty without one.

    Raises:
        ValueError: The file cannot be used; names the place in it, never a URL.
    """
    if settings.targets is None:
        return []
    targets = [Target(url) for url in read_targets(settings.targets).of(recipient)]
    return [*{target.name.name: target for target in targets}.values()]


def deliver(outbox: Outbox, call: EffectCall, notification: Notification, targets: Sequence[Target]) -> None:
    """Tells the targets that have not been told, all at once, and returns when each has taken the message.

    Args:
        outbox: What tells which have, and keeps the receipts.
        call: The notification's key and origin.
        notification: What to tell.
        targets: All targets of the recipient.

    Raises:
        ApplicationError: `NotDelivered`: some did not take it in time. A retry tells only these.
        StoreError: The store did not answer in time.
    """
    message = dataclasses.replace(notification, workflow_id=call.workflow_id)
    due = outbox.begin(call.key, message, [target.name for target in targets])
    if not due:
        return
    load()
    tries = [_Try(outbox, call.key, message, target) for target in targets if target.name.name in due]
    for one in tries:
        one.start()
    until = time.monotonic() + outbox.settings.timeout
    for one in tries:
        one.join(max(0, until - time.monotonic()))
    failed = [f"{one.target.name.name} ({one.fault})" for one in tries if one.fault]
    if failed:
        raise ApplicationError(
            f"{len(failed)} of {len(targets)} targets not told: {', '.join(failed)}", type="NotDelivered"
        )


class _Try(threading.Thread):
    """One try of one target; its thread may outlive the wait for it, and then still stores the receipt."""

    def __init__(self, outbox: Outbox, key: str, message: Notification, target: Target) -> None:
        super().__init__(name=target.name.name, daemon=True)
        self.target = target
        self.fault = "no answer in time"
        self._outbox, self._key, self._message = outbox, key, message

    def run(self) -> None:
        """Tells the target, and stores what came of it."""
        name, begun = self.target.name.name, time.monotonic()
        # Half for connecting and half for the answer: together what a target may take.
        patience = self._outbox.settings.timeout / 2
        try:
            try:
                send(self.target, self._message, f"{self._key}/{name}", patience)
            except NotTakenError as error:
                self._outbox.end(self._key, name, DeliveryState.FAILED, str(error))
                self.fault = str(error)
            else:
                took = time.monotonic() - begun
                receipt = f"taken {datetime.now(UTC).isoformat(timespec='seconds')} after {took:.3f} s"
                self._outbox.end(self._key, name, DeliveryState.DELIVERED, receipt)
                self.fault = ""
        except StoreError as error:
            self.fault = f"the receipt could not be stored: {error}"
