"""A decision: the votes it is made of, what counts, and what is recorded."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from temporal.messages.validation import MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS, text_problems

TIMEOUT_APPROVER = "timeout"
"""`decided_by` of a request that nobody decided in time; no person may use the name."""


class Outcome(StrEnum):
    """What a decision says."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """By the requester; no approver can say it."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision that counts: the first valid one, or the vote that completed the quorum.

    Attributes:
        outcome: Approved, rejected or withdrawn.
        decided_by: Who decided; `timeout` when nobody did in time.
        comment: Why, in the approver's words.
        decided_at: When the workflow accepted it (ISO 8601, UTC).
        decision_id: The id of the vote or withdrawal that decided; empty for a timeout.
        channel: The way that it came; empty for a timeout.
        edited: The payload that was approved in place of the request's details; None when it was those.
    """

    outcome: Outcome
    decided_by: str
    comment: str = ""
    decided_at: str = ""
    decision_id: str = ""
    channel: str = ""
    edited: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What one approver said; an approver has one vote.

    Attributes:
        decision_id: The vote's own id, under which a retry gets the first answer again.
        approver: Who.
        outcome: Approved or rejected.
        comment: Why.
        edited: The payload that was approved in place of the request's details.
        channel: The way that it came.
        at: When the workflow accepted it (ISO 8601, UTC). Not part of a digest, as for a decision.
        payload_digest: `payload_digest` of what was decided on.
    """

    decision_id: str
    approver: str
    outcome: Outcome
    comment: str = ""
    edited: dict[str, Any] | None = None
    channel: str = ""
    at: str = field(default="", metadata={"digest": False})
    payload_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordDecisionInput:
    """What `record_decision` stores.

    Attributes:
        approval_id: The business key: one approval, one decision, also across a workflow reset.
        title: What was asked.
        requester: Who asked.
        outcome: The decision; None for a request that ended without one, of which the votes are kept.
        decided_by: Who decided; empty without a decision.
        comment: Why.
        decided_at: When it was accepted. Not part of the digest: a reset accepts the same decision later.
        edited: The payload that was approved in place of the request's details.
        votes: Every vote, oldest first. Like the fields below no part of the digest: a run that began before
            they were there and is reset brings the same decision again.
        channel: The way that the decision came.
        decision_id: Its id.
        payload_digest: `payload_digest` of what was decided on.
    """

    approval_id: str
    title: str
    requester: str
    outcome: Outcome | None
    decided_by: str
    comment: str = ""
    decided_at: str = field(default="", metadata={"digest": False})
    edited: dict[str, Any] | None = None
    votes: list[Vote] = field(default_factory=list, metadata={"digest": False})
    channel: str = field(default="", metadata={"digest": False})
    decision_id: str = field(default="", metadata={"digest": False})
    payload_digest: str = field(default="", metadata={"digest": False})


def payload_digest(payload: dict[str, Any]) -> str:
    """Returns the SHA-256 of a payload's canonical JSON, in hexadecimal: tells what was decided on."""
    return hashlib.sha256(canonical_json(payload)).hexdigest()


def canonical_json(value: object) -> bytes:
    """Returns JSON with sorted keys, no spaces and only ASCII: the same bytes wherever it is made."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def signal_problems(payloads: list[object]) -> list[str]:
    """Checks what an `approve` or `reject` signal carried.

    Args:
        payloads: The signal's arguments; one JSON object with `approver`, and optionally `comment`, is right.
            Other keys are allowed and ignored, so that a newer client can talk to an older workflow.

    Returns:
        What is wrong, one line a fault; empty when the decision counts.
    """
    if len(payloads) != 1:
        return [f"payload: exactly one object, got {len(payloads)} arguments"]
    [payload] = payloads
    if not isinstance(payload, dict):
        return [f"payload: must be an object, not {type(payload).__name__}"]
    found = [
        *text_problems("approver", payload.get("approver"), limit=MAX_NAME_CHARACTERS),
        *text_problems("comment", payload.get("comment", ""), limit=MAX_TEXT_CHARACTERS, free=True),
    ]
    if not found and payload["approver"].strip().lower() == TIMEOUT_APPROVER:
        found.append(f"approver: {TIMEOUT_APPROVER!r} is reserved for requests that nobody decided")
    return found
