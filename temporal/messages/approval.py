"""Messages of `ApprovalWorkflow`: the request, its status and its result."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from temporal.messages.decision import Decision
from temporal.messages.validation import MAX_NAME_CHARACTERS, number_problems, object_problems, text_problems

MAX_TIMEOUT_SECONDS = 100 * 365 * 86_400
"""Longest wait with a limit, in seconds: a hundred years."""


class ApprovalPhase(StrEnum):
    """Where an `ApprovalWorkflow` is."""

    VALIDATING = "validating"
    PENDING = "pending"
    RECORDING = "recording"
    NOTIFYING = "notifying"
    COMPLETED = "completed"
    CANCELED = "canceled"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest:
    """What somebody asks to have approved.

    Attributes:
        title: What it is, in one line.
        requester: Who asks, and who is told the outcome.
        details: Anything the approver needs to see; JSON, at most 2 MiB with the rest.
        timeout_seconds: After how long it is rejected by itself, in seconds; None waits without limit.
    """

    title: str = ""
    requester: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    timeout_seconds: float | None = None

    def problems(self) -> list[str]:
        """Returns what is wrong with the request, one line a fault."""
        found = [
            *text_problems("title", self.title, limit=MAX_NAME_CHARACTERS),
            *text_problems("requester", self.requester, limit=MAX_NAME_CHARACTERS),
            *object_problems("details", self.details),
        ]
        if self.timeout_seconds is not None:
            found += number_problems(
                "timeout_seconds", self.timeout_seconds, least=0.001, most=MAX_TIMEOUT_SECONDS
            )
        return found


@dataclass(frozen=True, kw_only=True)
class IgnoredSignal:
    """A signal that changed nothing: its name, why, and when it arrived (ISO 8601, UTC)."""

    signal: str
    reason: str
    at: str


@dataclass(kw_only=True)
class ApprovalStatus:
    """The answer of the query `get_status`.

    Attributes:
        phase: Where the request is.
        title: What is asked.
        requester: Who asks.
        decision: The decision, once there is one.
        deadline: When it is rejected by itself (ISO 8601, UTC); None waits without limit.
        ignored: The latest signals that changed nothing, oldest first.
        ignored_total: How many signals changed nothing in all.
        notified: Whether the requester has been told.
        detail: What ended the request early: a cancellation or a failure.
    """

    phase: ApprovalPhase = ApprovalPhase.VALIDATING
    title: str = ""
    requester: str = ""
    decision: Decision | None = None
    deadline: str | None = None
    ignored: list[IgnoredSignal] = field(default_factory=list)
    ignored_total: int = 0
    notified: bool = False
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ApprovalResult:
    """How a request ended: the decision, and whether the requester could be told."""

    title: str
    requester: str
    decision: Decision
    notified: bool
