"""What an approval takes along when it continues as a new run, so that a request may wait for years."""

from dataclasses import dataclass, field

from temporal.messages.decide import DecideAnswer
from temporal.messages.decision import Vote


@dataclass(frozen=True, kw_only=True)
class IgnoredSignal:
    """A signal that changed nothing: its name, why, and when it arrived (ISO 8601, UTC)."""

    signal: str
    reason: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A decision that was taken: its id, the digest of what it said, and the first answer to it."""

    decision_id: str
    digest: str
    answer: DecideAnswer


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The state of an open request; a part of the next run's `ApprovalRequest`.

    Attributes:
        opened_at: When the request was validated (ISO 8601, UTC).
        deadline: When it is decided by itself (ISO 8601, UTC); None for no limit.
        next_reminder: When the next reminder is due (ISO 8601, UTC); None for none.
        reminders: How many rounds of reminders have gone out.
        escalated: Whether the further approvers may decide by now.
        votes: Every vote, oldest first.
        answers: The answer to every decision taken.
        signals: How many decisions have come by signal without an id of their own.
        ignored: The latest signals that changed nothing.
        ignored_total: How many signals changed nothing in all.
    """

    opened_at: str
    deadline: str | None = None
    next_reminder: str | None = None
    reminders: int = 0
    escalated: bool = False
    votes: list[Vote] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    signals: int = 0
    ignored: list[IgnoredSignal] = field(default_factory=list)
    ignored_total: int = 0
