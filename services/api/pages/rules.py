"""A request's policy in sentences, for those who decide and for those who wonder why they may not."""

from datetime import timedelta

from services.api.pages.words import span
from temporal.messages.approval import ApprovalStatus
from temporal.messages.policy import ApprovalPolicy, OnTimeout

SHOWN_NAMES = 12
"""How many approvers a sentence names before it only counts the rest."""


def rules(status: ApprovalStatus) -> list[str]:
    """Returns the rules of a request, the most asked first."""
    policy = status.policy
    lines = [who_may(policy), _quorum(policy)]
    if policy.four_eyes:
        lines.append("Who asked may not decide.")
    if policy.quorum > 1:
        lines.append(
            "One rejection ends it." if policy.reject_ends else f"{policy.quorum} rejections reject it."
        )
    if further := _people(policy.escalate_to_users, policy.escalate_to_groups):
        if status.escalated:
            lines.append(f"Since it was escalated, also: {further}.")
        elif policy.escalate_after_seconds is not None:
            lines.append(
                f"After {_seconds(policy.escalate_after_seconds)} without a decision, also: {further}."
            )
    if policy.remind_every_seconds is not None:
        lines.append(
            f"Who has not decided is reminded every {_seconds(policy.remind_every_seconds)},"
            f" at most {_times(policy.max_reminders)}."
        )
    if status.deadline:
        lines.append(f"If its time runs out, it is {_at_deadline(policy)}.")
    return lines


def at_deadline(policy: ApprovalPolicy) -> str:
    """Returns how the deadline is announced."""
    return "Approved by itself" if policy.on_timeout is OnTimeout.APPROVE else "Rejected by itself"


def who_may(policy: ApprovalPolicy) -> str:
    """Returns who may decide from the start."""
    people = _people(policy.users, policy.groups)
    return f"May decide: {people}." if people else "Anybody who is signed in may decide."


def _quorum(policy: ApprovalPolicy) -> str:
    if policy.quorum == 1:
        return "One approval is enough."
    return f"It takes {policy.quorum} approvals, each of another person and of the same payload."


def _people(users: list[str], groups: list[str]) -> str:
    names = [*users, *(f"members of {group}" for group in groups)]
    rest = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else span(timedelta(seconds=seconds))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _at_deadline(policy: ApprovalPolicy) -> str:
    return "approved" if policy.on_timeout is OnTimeout.APPROVE else "rejected"
