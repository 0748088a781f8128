"""A process that makes one attempt of `send_notification`, for a test to kill.

`python -m tests.notify_process URL TARGETS` uses a prepared store and a file of targets.
"""

import sys
from pathlib import Path

from temporal.activities.approvals import ApprovalActivities
from temporal.config import StoreSettings
from temporal.messages.delivery import Notification
from temporal.notify_settings import NotifySettings
from temporal.store.effects import EffectRecord
from tests.activity_attempts import an_attempt
from tests.store_steps import opened

MESSAGE = Notification(
    recipient="ana",
    subject="please decide: a laptop",
    body="rita asks",
    kind="request",
    approval_id="approval/7",
)


def main(database_url: str, targets: str) -> None:
    """Makes the attempt."""
    with opened(StoreSettings(database_url=database_url, timeout=20)) as store:
        record = EffectRecord(store, "process", notify=NotifySettings(Path(targets), 8.0))
        an_attempt().run(ApprovalActivities(record).send_notification, MESSAGE)


if __name__ == "__main__":
    main(*sys.argv[1:])
