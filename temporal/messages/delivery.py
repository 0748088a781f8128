"""Messages of the activities that tell somebody or store something: what goes out, what proves it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Notification:
    """A message to one person or group.

    Attributes:
        recipient: A user, or `group:NAME`.
        subject: One line.
        body: The text.
        kind: Why it goes out: `outcome`, `request`, `reminder` or `escalation`.
        approval_id: The approval that it is about.
        workflow_id: Its workflow.
    """

    recipient: str
    subject: str
    body: str
    kind: str = "outcome"
    approval_id: str = ""
    workflow_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Proof that something was stored or delivered: the effect's key and the store's own row number."""

    effect_key: str
    row: int
