"""What a policy may say: each fault is named, and who may decide is told in one list."""

from dataclasses import replace
from typing import Any

import pytest

from temporal.messages.approval import MAX_DETAILS_BYTES, ApprovalRequest
from temporal.messages.carried import Carried
from temporal.messages.policy import ANYONE, ApprovalPolicy, OnTimeout, Trust, approver_names

KEY = "A" * 43 + "="
REQUEST = ApprovalRequest(title="t", requester="rita")


@pytest.mark.parametrize(
    "policy",
    [
        ApprovalPolicy(),
        ApprovalPolicy(users=["ana", "bob"], groups=["finance"], quorum=100),
        ApprovalPolicy(trust=Trust.AUTHENTICATED, signing_keys={"a": KEY, "b": KEY}),
        ApprovalPolicy(users=["ana"], remind_every_seconds=1, max_reminders=0, on_timeout=OnTimeout.APPROVE),
        ApprovalPolicy(users=["ana"], quorum=2, escalate_after_seconds=1, escalate_to_users=["bob"]),
        ApprovalPolicy(users=["ana"], quorum=2, escalate_after_seconds=1, escalate_to_groups=["board"]),
        ApprovalPolicy(users=["ana", "rita"], four_eyes=True),
        ApprovalPolicy(users=["山田　太郎", "ana@example.org"]),
    ],
)
def test_a_policy_within_its_limits_has_no_problem(policy: ApprovalPolicy) -> None:
    assert policy.problems() == []
    assert replace(REQUEST, policy=policy).problems() == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"trust": "sure"}, "trust"),
        ({"on_timeout": "explode"}, "on_timeout"),
        ({"quorum": 0}, "quorum"),
        ({"quorum": 101}, "quorum"),
        ({"quorum": 1.5}, "quorum"),
        ({"quorum": 3, "users": ["ana", "bob"]}, "quorum"),
        ({"users": "ana"}, "users"),
        ({"users": ["ana", "ana"]}, "users"),
        ({"users": ["ana", ""]}, "users"),
        ({"users": [" ana"]}, "users"),
        ({"users": ["group:finance"]}, "users"),
        ({"users": ["Anyone"]}, "users"),
        ({"users": ["timeout"]}, "users"),
        ({"users": [f"user-{number:04}" for number in range(200)]}, "users"),
        ({"groups": [7]}, "groups"),
        ({"four_eyes": 1}, "four_eyes"),
        ({"reject_ends": "no"}, "reject_ends"),
        ({"remind_every_seconds": 60}, "remind_every_seconds"),
        ({"users": ["ana"], "remind_every_seconds": 0.5}, "remind_every_seconds"),
        ({"users": ["ana"], "remind_every_seconds": "60"}, "remind_every_seconds"),
        ({"max_reminders": -1}, "max_reminders"),
        ({"users": ["ana"], "escalate_to_users": ["bob"]}, "escalate_after_seconds"),
        ({"users": ["ana"], "escalate_after_seconds": 60}, "escalate_after_seconds"),
        ({"escalate_after_seconds": 60, "escalate_to_users": ["bob"]}, "escalate_after_seconds"),
        ({"trust": Trust.AUTHENTICATED}, "signing_keys"),
        ({"signing_keys": {"a": "short"}}, "signing_keys"),
        ({"signing_keys": {"a": 7}}, "signing_keys"),
        ({"signing_keys": []}, "signing_keys"),
    ],
)
def test_a_policy_beyond_its_limits_names_the_field(fields: dict[str, Any], named: str) -> None:
    [problem] = ApprovalPolicy(**fields).problems()
    assert problem.startswith(f"{named}: ")
    assert problem.isprintable()


def test_a_request_names_what_its_policy_cannot_do_for_it() -> None:
    policy = ApprovalPolicy(users=["ana", "rita"], four_eyes=True, quorum=2)
    [problem] = replace(REQUEST, policy=policy).problems()
    assert problem == "policy: quorum: four_eyes leaves too few users who may decide"
    assert replace(REQUEST, requester="bob", policy=policy).problems() == []


def test_a_request_holds_no_more_details_than_votes_leave_room_for_and_no_state_of_another_run() -> None:
    assert replace(REQUEST, details={"x": "y" * (MAX_DETAILS_BYTES - 8)}).problems() == []
    [problem] = replace(REQUEST, details={"x": "y" * (MAX_DETAILS_BYTES - 7)}).problems()
    assert problem.startswith("details: at most")
    [problem] = replace(REQUEST, carried=Carried(opened_at="2026-01-01")).problems()
    assert problem.startswith("carried: ")


def test_who_may_decide_is_one_list_of_users_and_marked_groups() -> None:
    policy = ApprovalPolicy(
        users=["ana"],
        groups=["finance"],
        escalate_after_seconds=60,
        escalate_to_users=["ana", "boss"],
        escalate_to_groups=["board"],
    )
    assert approver_names(policy, escalated=False) == ["ana", "group:finance"]
    assert approver_names(policy, escalated=True) == ["ana", "boss", "group:finance", "group:board"]
    assert approver_names(ApprovalPolicy(), escalated=True) == [ANYONE]
