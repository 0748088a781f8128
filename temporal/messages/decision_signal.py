"""What the signals `approve` and `reject` carry, made into the same message that an Update brings."""

from typing import Any

from temporal.messages.decide import DecideInput
from temporal.messages.decision import Outcome
from temporal.messages.validation import object_problems

TEXTS = ("decision_id", "key_id", "signature")
"""Optional fields that are text."""


def field_problems(payload: dict[str, Any]) -> list[str]:
    """Checks the type of a signal's optional fields; `signal_problems` has checked the others."""
    found = [
        f"{name}: must be text, not {type(payload[name]).__name__}"
        for name in TEXTS
        if not isinstance(payload.get(name, ""), str)
    ]
    groups = payload.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        found.append("groups: must be a list of names")
    if payload.get("edited") is not None:
        found += object_problems("edited", payload["edited"])
    return found


def signaled_decision(payload: dict[str, Any], outcome: Outcome, given_id: str) -> DecideInput:
    """Returns the decision of a signal without problems; `given_id` is its id if it brings none."""
    return DecideInput(
        decision_id=payload.get("decision_id") or given_id,
        approver=payload["approver"].strip(),
        outcome=outcome,
        groups=payload.get("groups", []),
        comment=payload.get("comment", ""),
        edited=payload.get("edited"),
        channel="signal",
        key_id=payload.get("key_id", ""),
        signature=payload.get("signature", ""),
    )
