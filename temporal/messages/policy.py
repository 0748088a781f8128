"""Whose word counts in an approval, how many of them it takes, and what happens while nobody answers."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from enum import StrEnum

from temporal.messages.validation import MAX_NAME_CHARACTERS, number_problems, text_problems

ANYONE = "anyone"
"""How the search attribute names the approvers of a request that anybody may decide; no user may have it."""

GROUP_PREFIX = "group:"
"""What a group is written with, wherever users and groups stand in one list; no user's name begins so."""

RESERVED = (ANYONE, "timeout")
"""Names that no user may have: the second decides what nobody decided in time."""

MAX_QUORUM = 100
"""Most approvals that can be asked for: keeps a request's votes far below the payload limit; our own."""

MAX_APPROVERS_BYTES = 1_900
"""Most bytes that all approvers take together as JSON: the server takes 2048 for a search attribute's value.
Larger circles are groups."""

MAX_REMINDERS = 1_000
"""Most reminders of one request; our own limit, far below what a history holds."""

MAX_WAIT_SECONDS = 100 * 365 * 86_400
"""Longest time to a reminder or an escalation, in seconds: a hundred years, as long as a request may wait."""

KEY_BYTES = 32
"""Length of an Ed25519 public key, in bytes."""


class Trust(StrEnum):
    """Whose word a decision is: of whoever sends it, or of an API that has checked who that is and signs."""

    OPEN = "open"
    AUTHENTICATED = "authenticated"


class OnTimeout(StrEnum):
    """What becomes of a request that nobody decided in time."""

    REJECT = "reject"
    APPROVE = "approve"


@dataclass(frozen=True, kw_only=True)
class ApprovalPolicy:
    """The rules of one request.

    Attributes:
        trust: With `authenticated`, only decisions count that one of `signing_keys` has signed.
        users: Who may decide; with neither users nor groups, anybody may.
        groups: Groups whose members may decide.
        quorum: How many approvals it takes, of as many approvers, 1 to 100.
        four_eyes: The requester may not decide.
        reject_ends: One reject ends it. Otherwise `quorum` rejects do, or, where only users may decide, so
            many that the quorum is out of reach.
        remind_every_seconds: How often those who have not decided are reminded, in seconds, at least 1.
        max_reminders: How often they are reminded at most.
        escalate_after_seconds: After how long further approvers may decide too and are told, in seconds.
        escalate_to_users: Further users.
        escalate_to_groups: Further groups.
        on_timeout: What happens when the request's time is over.
        signing_keys: The API's Ed25519 public keys by key id, base64 of the 32 raw bytes. Required with
            `authenticated`. Several allow a change of keys while a request waits.
    """

    trust: Trust = Trust.OPEN
    users: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    quorum: int = 1
    four_eyes: bool = False
    reject_ends: bool = True
    remind_every_seconds: float | None = None
    max_reminders: int = 10
    escalate_after_seconds: float | None = None
    escalate_to_users: list[str] = field(default_factory=list)
    escalate_to_groups: list[str] = field(default_factory=list)
    on_timeout: OnTimeout = OnTimeout.REJECT
    signing_keys: dict[str, str] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """Returns what is wrong with the policy, one line a fault."""
        found = [
            *_choice_problems("trust", self.trust, Trust),
            *_choice_problems("on_timeout", self.on_timeout, OnTimeout),
            *number_problems("quorum", self.quorum, least=1, most=MAX_QUORUM, whole=True),
            *number_problems("max_reminders", self.max_reminders, least=0, most=MAX_REMINDERS, whole=True),
            *_flag_problems("four_eyes", self.four_eyes),
            *_flag_problems("reject_ends", self.reject_ends),
        ]
        for name in ("users", "groups", "escalate_to_users", "escalate_to_groups"):
            found += _names_problems(name, getattr(self, name))
        for name in ("remind_every_seconds", "escalate_after_seconds"):
            if (seconds := getattr(self, name)) is not None:
                found += number_problems(name, seconds, least=1, most=MAX_WAIT_SECONDS)
        return found or [*self._contradictions(), *self._key_problems()]

    def _contradictions(self) -> list[str]:
        found = []
        further = [*self.escalate_to_users, *self.escalate_to_groups]
        named = [*self.users, *self.groups]
        everybody = approver_names(self, escalated=True)
        if len(json.dumps(everybody)) > MAX_APPROVERS_BYTES:
            found.append(f"users: all approvers take at most {MAX_APPROVERS_BYTES} bytes: name a group")
        if not self.groups and not self.escalate_to_groups and self.users:
            able = len({*self.users, *self.escalate_to_users})
            if able < self.quorum:
                found.append(f"quorum: {self.quorum} approvals and only {able} users who may decide")
        if self.remind_every_seconds is not None and not named:
            found.append("remind_every_seconds: needs users or groups to remind")
        if self.escalate_after_seconds is None and further:
            found.append("escalate_after_seconds: is missing")
        if self.escalate_after_seconds is not None and not (further and named):
            found.append("escalate_after_seconds: needs users or groups, and further ones to escalate to")
        return found

    def _key_problems(self) -> list[str]:
        keys: object = self.signing_keys
        if not isinstance(keys, dict):
            return [f"signing_keys: must be an object, not {type(keys).__name__}"]
        if self.trust is Trust.AUTHENTICATED and not keys:
            return ["signing_keys: at least one is required with authenticated trust"]
        return [
            f"signing_keys: {name!r} is no Ed25519 public key ({KEY_BYTES} bytes in base64)"
            for name, key in keys.items()
            if not _is_key(key)
        ]


def approver_names(policy: ApprovalPolicy, *, escalated: bool) -> list[str]:
    """Returns who may decide: users, and groups as `group:NAME`; `["anyone"]` when anybody may."""
    users, groups = list(policy.users), list(policy.groups)
    if not users and not groups:
        return [ANYONE]
    if escalated:
        users += policy.escalate_to_users
        groups += policy.escalate_to_groups
    return list(dict.fromkeys([*users, *(GROUP_PREFIX + group for group in groups)]))


def policy_problems(policy: object) -> list[str]:
    """Checks a request's policy, which a decoder may have left as anything."""
    if not isinstance(policy, ApprovalPolicy):
        return [f"policy: must be an object, not {type(policy).__name__}"]
    return [f"policy: {line}" for line in policy.problems()]


def _names_problems(name: str, values: object) -> list[str]:
    if not isinstance(values, list):
        return [f"{name}: must be a list, not {type(values).__name__}"]
    for value in values:
        if problems := text_problems(name, value, limit=MAX_NAME_CHARACTERS):
            return problems
        if value != value.strip():
            return [f"{name}: {value!r} begins or ends with a space"]
        if name.endswith("users") and (value.lower() in RESERVED or value.startswith(GROUP_PREFIX)):
            return [f"{name}: {value!r} is reserved"]
    return [] if len(set(values)) == len(values) else [f"{name}: somebody is named twice"]


def _flag_problems(name: str, value: object) -> list[str]:
    return [] if isinstance(value, bool) else [f"{name}: must be true or false, not {type(value).__name__}"]


def _choice_problems(name: str, value: object, allowed: type[StrEnum]) -> list[str]:
    return [] if isinstance(value, allowed) else [f"{name}: allowed: {', '.join(allowed)}"]


def _is_key(key: object) -> bool:
    try:
        return isinstance(key, str) and len(base64.b64decode(key, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
