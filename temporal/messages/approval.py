"""Messages of `ApprovalWorkflow`: the request, its status and its result."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from temporal.messages.carried import Carried, IgnoredSignal
from temporal.messages.decision import Decision, Vote, canonical_json
from temporal.messages.policy import ApprovalPolicy, policy_problems
from temporal.messages.validation import MAX_NAME_CHARACTERS, number_problems, object_problems, text_problems

__all__ = [
    "MAX_DETAILS_BYTES",
    "MAX_TIMEOUT_SECONDS",
    "ApprovalPhase",
    "ApprovalRequest",
    "ApprovalResult",
    "ApprovalStatus",
    "IgnoredSignal",
]

MAX_TIMEOUT_SECONDS = 100 * 365 * 86_400
"""Longest wait with a limit, in seconds: a hundred years."""

MAX_DETAILS_BYTES = 1024 * 1024
"""Largest details, in bytes of JSON: half the server's limit, so that votes and comments fit beside them."""


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
        details: Anything the approver needs to see, and what is approved; JSON, at most 1 MiB.
        timeout_seconds: After how long it is decided by itself (rejected, unless the policy says otherwise),
            in seconds; None waits without limit.
        policy: Who may decide and by what rules; by default anybody, and the first one does.
        carried: The state of the run that this one continues. Only the workflow itself gives it; here and no
            second argument, because the SDK types a run's arguments only when all are there.
    """

    title: str = ""
    requester: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    timeout_seconds: float | None = None
    policy: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    carried: Carried | None = field(default=None, metadata={"input": False})

    def problems(self) -> list[str]:
        """Returns what is wrong with the request, one line a fault."""
        found = [
            *text_problems("title", self.title, limit=MAX_NAME_CHARACTERS),
            *text_problems("requester", self.requester, limit=MAX_NAME_CHARACTERS),
            *_details_problems(self.details),
            *policy_problems(self.policy),
        ]
        if self.carried is not None:
            found.append("carried: only a run that continues another has it")
        if self.timeout_seconds is not None:
            found += number_problems(
                "timeout_seconds", self.timeout_seconds, least=0.001, most=MAX_TIMEOUT_SECONDS
            )
        return found or self._contradictions()

    def _contradictions(self) -> list[str]:
        policy = self.policy
        if not policy.four_eyes or policy.groups or policy.escalate_to_groups or not policy.users:
            return []
        able = {*policy.users, *policy.escalate_to_users} - {self.requester}
        if len(able) >= policy.quorum:
            return []
        return ["policy: quorum: four_eyes leaves too few users who may decide"]


def _details_problems(details: object) -> list[str]:
    if problems := object_problems("details", details):
        return problems
    if (size := len(canonical_json(details))) > MAX_DETAILS_BYTES:
        return [f"details: at most {MAX_DETAILS_BYTES} bytes of JSON, got {size}"]
    return []


@dataclass(kw_only=True)
class ApprovalStatus:
    """The answer of the query `get_status`.

    Attributes:
        phase: Where the request is.
        title: What is asked.
        requester: Who asks.
        decision: The decision, once there is one.
        deadline: When it is decided by itself (ISO 8601, UTC); None waits without limit.
        ignored: The latest signals that changed nothing, oldest first.
        ignored_total: How many signals changed nothing in all.
        notified: Whether the requester has been told.
        detail: What ended the request early: a cancellation or a failure.
        votes: Every vote that counts, oldest first.
        policy: Who may decide and by what rules.
        details: What is asked to be approved.
        approvals: How many approvals there are of one payload (the one that has most).
        rejections: How many rejections there are.
        escalated: Whether the further approvers may decide by now.
        reminders: How many rounds of reminders have gone out.
        opened_at: When the request was validated and could be decided (ISO 8601, UTC).
        approval_id: The approval's id in the audit.
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
    votes: list[Vote] = field(default_factory=list)
    policy: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    details: dict[str, Any] = field(default_factory=dict)
    approvals: int = 0
    rejections: int = 0
    escalated: bool = False
    reminders: int = 0
    opened_at: str | None = None
    approval_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ApprovalResult:
    """How a request ended.

    Attributes:
        title: What was asked.
        requester: Who asked.
        decision: The decision.
        notified: Whether the requester could be told.
        votes: Every vote that counted, oldest first.
        details: What was decided on: the request's details, or what the decision put in their place.
    """

    title: str
    requester: str
    decision: Decision
    notified: bool
    votes: list[Vote] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
