"""A decision: what an approver sends, what counts, and what is recorded."""

from dataclasses import dataclass, field
from enum import StrEnum

from temporal.messages.validation import MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS, text_problems

TIMEOUT_APPROVER = "timeout"
"""`decided_by` of a request that nobody decided in time; no person may use the name."""


class Outcome(StrEnum):
    """What a decision says."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision that counts: the first valid one.

    Attributes:
        outcome: Approved or rejected.
        decided_by: Who decided; `timeout` when nobody did in time.
        comment: Why, in the approver's words.
        decided_at: When the workflow accepted it (ISO 8601, UTC).
    """

    outcome: Outcome
    decided_by: str
    comment: str = ""
    decided_at: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordDecisionInput:
    """What `record_decision` stores.

    Attributes:
        approval_id: The business key: one approval, one decision, also across a workflow reset.
        title: What was asked.
        requester: Who asked.
        outcome: The decision.
        decided_by: Who decided.
        comment: Why.
        decided_at: When it was accepted. Not part of the digest: a reset accepts the same decision later.
    """

    approval_id: str
    title: str
    requester: str
    outcome: Outcome
    decided_by: str
    comment: str = ""
    decided_at: str = field(default="", metadata={"digest": False})


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
