"""What a policy makes of votes: who may cast one, how they stand, what comes out. Pure functions."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.decision import Outcome, Vote
    from temporal.messages.policy import ApprovalPolicy


MAX_SETTLED = 120
"""How many people a request is shown as settled for, the first ones: as a list of `person_key` they take
1,802 bytes, and the server takes 2048 for a search attribute. Later voters go on seeing it as waiting."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How votes stand: approvals of the payload that has most of them, and rejections."""

    approvals: int
    rejections: int


def same_person(one: str, other: str) -> bool:
    """Tells whether two names may be one person's: no difference of case or spaces around hides it."""
    return _folded(one) == _folded(other)


def person_key(name: str) -> str:
    """Returns 12 characters that are the same for two names exactly if they may be one person's."""
    return hashlib.sha256(_folded(name).encode(errors="surrogatepass")).hexdigest()[:12]


def settled_for(votes: Sequence[Vote], policy: ApprovalPolicy, requester: str) -> list[str]:
    """Returns the `person_key` of those whose word does not count (any more), whoever may decide."""
    done = [requester] if policy.four_eyes else []
    done += [vote.approver for vote in votes]
    return list(dict.fromkeys(map(person_key, done)))[:MAX_SETTLED]


def barred(
    policy: ApprovalPolicy, requester: str, approver: str, groups: Iterable[str], *, escalated: bool
) -> str:
    """Returns why somebody may not decide; empty when they may."""
    if policy.four_eyes and same_person(approver, requester):
        return "the requester may not decide (four eyes)"
    if not policy.users and not policy.groups:
        return ""
    users, allowed_groups = set(policy.users), set(policy.groups)
    if escalated:
        users.update(policy.escalate_to_users)
        allowed_groups.update(policy.escalate_to_groups)
    if approver in users or allowed_groups.intersection(groups):
        return ""
    return f"{approver} is not among the approvers"


def tally(votes: Sequence[Vote]) -> Tally:
    """Counts votes. Approvals of different payloads are no common approval, so they do not add up."""
    approved = Counter(vote.payload_digest for vote in votes if vote.outcome is Outcome.APPROVED)
    return Tally(
        approvals=max(approved.values(), default=0),
        rejections=sum(vote.outcome is Outcome.REJECTED for vote in votes),
    )


def outcome_of(votes: Sequence[Vote], policy: ApprovalPolicy, requester: str) -> Outcome | None:
    """Returns what the votes have decided; None as long as they have not."""
    standing = tally(votes)
    if standing.approvals >= policy.quorum:
        return Outcome.APPROVED
    if standing.rejections and (policy.reject_ends or standing.rejections >= policy.quorum):
        return Outcome.REJECTED
    return None if in_reach(votes, policy, requester) else Outcome.REJECTED


def in_reach(votes: Sequence[Vote], policy: ApprovalPolicy, requester: str) -> bool:
    """Tells whether those who have not voted could still make the quorum.

    Known only where users alone may decide. Those to whom it will escalate count as able already.
    """
    if not policy.users or policy.groups or policy.escalate_to_groups:
        return True
    able = {_folded(user) for user in (*policy.users, *policy.escalate_to_users)}
    able -= {_folded(vote.approver) for vote in votes}
    if policy.four_eyes:
        able.discard(_folded(requester))
    return tally(votes).approvals + len(able) >= policy.quorum


def undecided(
    names: Sequence[str], votes: Sequence[Vote], policy: ApprovalPolicy, requester: str
) -> list[str]:
    """Returns which of the approvers (users, and groups as `group:NAME`) are to be asked or reminded."""
    done = {_folded(vote.approver) for vote in votes}
    if policy.four_eyes:
        done.add(_folded(requester))
    return [name for name in names if _folded(name) not in done]


def _folded(name: str) -> str:
    return name.strip().casefold()
