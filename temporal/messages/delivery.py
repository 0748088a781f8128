"""Messages of the activities that tell somebody or store something: what goes out, what proves it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Notification:
    """A message to one person."""

    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Proof that something was stored or delivered: the effect's key and the store's own row number."""

    effect_key: str
    row: int
