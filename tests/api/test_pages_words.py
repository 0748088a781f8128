"""The words of the pages: times, rules and stories, in sentences that are true."""

from datetime import UTC, datetime, timedelta

import pytest

from services.api.pages.rules import rules
from services.api.pages.story import story
from services.api.pages.words import clock, moment, since, span, state, until
from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.decision import Decision, Outcome, Vote
from temporal.messages.policy import ApprovalPolicy, OnTimeout

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_660, "1 h 1 min"),
        (86_400, "1 day"),
        (2 * 86_400 + 3_600 + 60, "2 days 1 h"),
        (86_400 + 60, "1 day"),
        (400 * 86_400, "1 year 35 days"),
        (-5, "less than a minute"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_times_are_said_from_now_and_in_utc() -> None:
    assert since(NOW - timedelta(seconds=59), NOW) == "just now"
    assert since(NOW - timedelta(hours=3), NOW) == "3 h ago"
    assert until(NOW + timedelta(minutes=5), NOW) == "in 5 min"
    assert until(NOW - timedelta(minutes=5), NOW) == "now"
    assert clock(moment("2026-11-24T14:05:09+02:00") or NOW) == "24 Nov 2026, 12:05 UTC"


@pytest.mark.parametrize("nothing", [None, "", "yesterday"])
def test_what_is_no_time_is_none(nothing: str | None) -> None:
    assert moment(nothing) is None


def test_each_phase_and_outcome_has_its_own_word() -> None:
    assert {state(phase)[0] for phase in ApprovalPhase} >= {"Waiting", "Canceled", "Failed", "Decided"}
    assert [state("completed", outcome)[0] for outcome in Outcome] == ["Approved", "Rejected", "Withdrawn"]


def test_the_rules_say_what_the_policy_says() -> None:
    policy = ApprovalPolicy(
        users=["ana"],
        groups=["finance"],
        quorum=2,
        four_eyes=True,
        reject_ends=False,
        remind_every_seconds=3_600,
        max_reminders=1,
        escalate_after_seconds=30,
        escalate_to_users=["cfo"],
        on_timeout=OnTimeout.APPROVE,
    )

    said = rules(ApprovalStatus(policy=policy, deadline=NOW.isoformat()))

    assert said == [
        "May decide: ana, members of finance.",
        "It takes 2 approvals, each of another person and of the same payload.",
        "Who asked may not decide.",
        "2 rejections reject it.",
        "After 30 s without a decision, also: cfo.",
        "Who has not decided is reminded every 1 h, at most once.",
        "If its time runs out, it is approved.",
    ]
    assert "Since it was escalated, also: cfo." in rules(ApprovalStatus(policy=policy, escalated=True))
    assert rules(ApprovalStatus()) == ["Anybody who is signed in may decide.", "One approval is enough."]


def test_many_approvers_are_counted_and_not_all_named() -> None:
    policy = ApprovalPolicy(users=[f"u{number}" for number in range(20)])

    assert rules(ApprovalStatus(policy=policy))[0].endswith("u11 and 8 more.")


def test_a_story_is_told_in_the_order_of_its_times() -> None:
    def at(minutes: int) -> str:
        return (NOW + timedelta(minutes=minutes)).isoformat()

    status = ApprovalStatus(
        phase=ApprovalPhase.COMPLETED,
        requester="maria",
        opened_at=at(0),
        policy=ApprovalPolicy(users=["ana"], escalate_after_seconds=600, escalate_to_users=["cfo"]),
        escalated=True,
        votes=[
            Vote(decision_id="1", approver="ana", outcome=Outcome.APPROVED, channel="page", at=at(5)),
            Vote(decision_id="2", approver="cfo", outcome=Outcome.APPROVED, channel="link", at=at(20)),
        ],
        decision=Decision(outcome=Outcome.APPROVED, decided_by="cfo", decided_at=at(20)),
        notified=True,
    )

    assert [event.what for event in story(status)] == [
        "maria asked",
        "ana approved",
        "Escalated: further approvers may decide",
        "cfo approved",
        "The request is approved",
        "maria was told",
    ]


def test_a_timeout_and_a_withdrawal_are_told_as_such() -> None:
    timeout = Decision(outcome=Outcome.REJECTED, decided_by="timeout", decided_at=NOW.isoformat())
    withdrawn = Decision(outcome=Outcome.WITHDRAWN, decided_by="maria", comment="found some")

    assert story(ApprovalStatus(decision=timeout))[-1].what == "Its time ran out: rejected by itself"
    assert story(ApprovalStatus(decision=withdrawn))[-1].what == "maria withdrew the request"
