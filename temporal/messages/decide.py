"""The Updates `decide` and `withdraw` of an approval: what they take, answer and refuse."""

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Outcome, Vote, canonical_json
from temporal.messages.validation import (
    MAX_NAME_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    object_problems,
    text_problems,
)

__all__ = [
    "CHANNELS",
    "MAX_EDITED_BYTES",
    "DecideAnswer",
    "DecideInput",
    "Refusal",
    "Verdict",
    "Vote",
    "WithdrawInput",
    "approval_id",
    "signed_bytes",
]

CHANNELS = ("update", "signal", "api", "page", "link")
"""The ways that a decision can come."""

MAX_EDITED_BYTES = 128 * 1024
"""Largest edited payload, in bytes of JSON: several of them fit into one status; our own limit."""

MAX_GROUPS = 1_000
"""Most groups of one approver; our own limit."""


class Verdict(StrEnum):
    """What came of a decision that was taken: a vote that is not the last, or the one that decided."""

    COUNTED = "counted"
    DECIDED = "decided"


class Refusal(StrEnum):
    """Why a decision is refused: the `type` of the `ApplicationError` that the Update fails with."""

    INVALID = "InvalidDecision"
    NOT_ALLOWED = "NotAllowed"
    """Not among the approvers, the requester under four eyes, not the requester who withdraws, unsigned."""
    ALREADY_DECIDED = "AlreadyDecided"
    """The error's details hold the `Decision` that won."""
    ALREADY_VOTED = "AlreadyVoted"
    ID_REUSED = "DecisionIdReused"
    """A decision with the same id had other content."""
    TIMED_OUT = "TimedOut"
    """The error's details hold the `Decision` of the timeout."""
    CLOSED = "Closed"
    """Canceled or failed; or withdrawn, and then the error's details hold the `Decision`."""


@dataclass(frozen=True, kw_only=True)
class DecideInput:
    """One approver's decision; the argument of the Update `decide`, whose id is `decision_id`.

    Attributes:
        decision_id: Its id: the same one again gets the first answer again.
        approver: Who decides.
        outcome: Approved or rejected.
        groups: The approver's groups, as the API vouches for them.
        comment: Why.
        edited: A payload to approve in place of the request's details; at most 128 KiB of JSON.
        channel: The way that it came: update, signal, api, page or link.
        key_id: Which of the policy's keys signed; with authenticated trust.
        signature: Base64 of the Ed25519 signature over `signed_bytes`.
    """

    decision_id: str
    approver: str
    outcome: Outcome
    groups: list[str] = field(default_factory=list)
    comment: str = ""
    edited: dict[str, Any] | None = None
    channel: str = "update"
    key_id: str = ""
    signature: str = ""

    def problems(self) -> list[str]:
        """Returns what is wrong with it, one line a fault."""
        found = [
            *text_problems("decision_id", self.decision_id, limit=MAX_NAME_CHARACTERS),
            *text_problems("approver", self.approver, limit=MAX_NAME_CHARACTERS),
            *text_problems("comment", self.comment, limit=MAX_TEXT_CHARACTERS, free=True),
            *_channel_problems(self.channel),
        ]
        if self.outcome not in (Outcome.APPROVED, Outcome.REJECTED):
            found.append(f"outcome: allowed: {Outcome.APPROVED}, {Outcome.REJECTED}")
        if len(self.groups) > MAX_GROUPS or not all(isinstance(name, str) for name in self.groups):
            found.append(f"groups: at most {MAX_GROUPS} names")
        if not found and self.approver.strip().lower() == TIMEOUT_APPROVER:
            found.append(f"approver: {TIMEOUT_APPROVER!r} is reserved for requests that nobody decided")
        return [*found, *self._edited_problems()]

    def _edited_problems(self) -> list[str]:
        if self.edited is None:
            return []
        if problems := object_problems("edited", self.edited):
            return problems
        if self.outcome is not Outcome.APPROVED:
            return ["edited: only an approval can hold a payload"]
        if (size := len(canonical_json(self.edited))) > MAX_EDITED_BYTES:
            return [f"edited: at most {MAX_EDITED_BYTES} bytes of JSON, got {size}"]
        return []


@dataclass(frozen=True, kw_only=True)
class WithdrawInput:
    """The requester takes the request back; the argument of the Update `withdraw`.

    Attributes:
        withdrawal_id: Its id: the same one again gets the first answer again.
        by: Who withdraws; only the requester may.
        reason: Why.
        channel: The way that it came.
        key_id: Which of the policy's keys signed; with authenticated trust.
        signature: Base64 of the Ed25519 signature over `signed_bytes`.
    """

    withdrawal_id: str
    by: str
    reason: str = ""
    channel: str = "update"
    key_id: str = ""
    signature: str = ""

    def problems(self) -> list[str]:
        """Returns what is wrong with it, one line a fault."""
        return [
            *text_problems("withdrawal_id", self.withdrawal_id, limit=MAX_NAME_CHARACTERS),
            *text_problems("by", self.by, limit=MAX_NAME_CHARACTERS),
            *text_problems("reason", self.reason, limit=MAX_TEXT_CHARACTERS, free=True),
            *_channel_problems(self.channel),
        ]


@dataclass(frozen=True, kw_only=True)
class DecideAnswer:
    """What a decision or withdrawal was answered.

    Attributes:
        verdict: Whether it decided.
        decision_id: Its id.
        approvals: How many approvals there were then of the payload that has most.
        rejections: How many rejections there were then.
        quorum: How many approvals it takes.
        decision: The outcome, once there is one.
    """

    verdict: Verdict
    decision_id: str
    approvals: int
    rejections: int
    quorum: int
    decision: Decision | None = None


def signed_bytes(approval_id: str, message: DecideInput | WithdrawInput) -> bytes:
    """Returns what the API signs: kind, approval and all that the message says, as canonical JSON.

    Fields that hold their default are left out, so that one which a later version adds breaks no signature.
    """
    says = {
        item.name: getattr(message, item.name)
        for item in dataclasses.fields(message)
        if item.name != "signature" and getattr(message, item.name) != _default(item)
    }
    kind = "decide" if isinstance(message, DecideInput) else "withdraw"
    return canonical_json({"kind": f"durable-workflows/{kind}/1", "approval": approval_id, "says": says})


def approval_id(workflow_id: str, first_execution_run_id: str) -> str:
    """Returns the approval's id in the audit: the same across retries, resets and continue-as-new."""
    return f"approval/{workflow_id}/{first_execution_run_id}"


def _default(item: "dataclasses.Field[Any]") -> object:
    return item.default if item.default_factory is dataclasses.MISSING else item.default_factory()


def _channel_problems(channel: str) -> list[str]:
    return [] if channel in CHANNELS else [f"channel: allowed: {', '.join(CHANNELS)}"]
