"""The decision contract over any sequence of decisions: one outcome, one vote each, the same answer again."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from temporal.messages.approval import ApprovalRequest
from temporal.messages.decide import DecideAnswer, DecideInput, Refusal, Verdict, WithdrawInput
from temporal.messages.decision import Decision, Outcome
from temporal.messages.policy import ApprovalPolicy
from temporal.workflows.approval_rules import outcome_of, tally
from temporal.workflows.decision_book import DecisionBook
from temporal.workflows.decision_check import refusal_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["ana", "bob", "cleo", "dan", "rita", "Ana", "timeout"]

policies = st.builds(
    ApprovalPolicy,
    users=st.lists(st.sampled_from(NAMES[:5]), unique=True, max_size=5),
    groups=st.lists(st.just("finance"), max_size=1),
    quorum=st.integers(1, 3),
    four_eyes=st.booleans(),
    reject_ends=st.booleans(),
).filter(lambda policy: not ApprovalRequest(title="t", requester="rita", policy=policy).problems())
decisions = st.builds(
    DecideInput,
    decision_id=st.sampled_from(["1", "2", "3", "4", "5", "6"]),
    approver=st.sampled_from(NAMES),
    outcome=st.sampled_from(Outcome),
    groups=st.lists(st.just("finance"), max_size=1),
    edited=st.none() | st.sampled_from([{"price": 1}, {"price": 900}]),
)
withdrawals = st.builds(WithdrawInput, withdrawal_id=st.just("w"), by=st.sampled_from(["rita", "ana"]))
messages = decisions | decisions | decisions | decisions | withdrawals


def book_of(policy: ApprovalPolicy) -> DecisionBook:
    request = ApprovalRequest(title="t", requester="rita", details={"price": 900}, policy=policy)
    return DecisionBook(request, "approval/t/r")


@settings(deadline=None, max_examples=400)
@given(policy=policies, sent=st.lists(messages, max_size=25), carry=st.integers(0, 25))
def test_any_sequence_of_decisions_has_one_outcome_and_counts_each_approver_once(
    policy: ApprovalPolicy, sent: list[DecideInput | WithdrawInput], carry: int
) -> None:
    book = book_of(policy)
    answers: dict[str, DecideAnswer] = {}
    winner: Decision | None = None
    for place, message in enumerate(sent):
        if place == carry and book.decision is None:  # as when the workflow continues as a new run
            book = DecisionBook(book.request, book.approval_id, book.votes, book.answers)
        votes = list(book.votes)
        refused = refusal_of(book, message)
        assert book.votes == votes, "a refusal, or its check, changed something"
        if refused is not None:
            assert (refused.decision or winner) == winner
            continue
        answer = book.take(message, NOW)
        assert answers.setdefault(answer.decision_id, answer) == answer
        if winner is None:
            winner = book.decision
        assert book.decision == winner, "a second outcome"
        assert answer.verdict is (Verdict.DECIDED if answer.decision else Verdict.COUNTED)
    voters = [vote.approver.casefold() for vote in book.votes]
    assert len(voters) == len(set(voters))
    assert "timeout" not in voters
    assert not policy.four_eyes or "rita" not in voters
    if winner is not None and winner.outcome is not Outcome.WITHDRAWN:
        assert outcome_of(book.votes, policy, "rita") is winner.outcome
        assert outcome_of(book.votes[:-1], policy, "rita") is None, "it was decided before"
    if winner is not None and winner.outcome is Outcome.APPROVED:
        assert tally(book.votes).approvals == policy.quorum


@settings(deadline=None, max_examples=200)
@given(policy=policies, sent=st.lists(decisions, max_size=15), late=messages)
def test_after_a_timeout_every_new_decision_is_refused_with_its_outcome(
    policy: ApprovalPolicy, sent: list[DecideInput], late: DecideInput | WithdrawInput
) -> None:
    book = book_of(policy)
    for message in sent:
        if refusal_of(book, message) is None:
            book.take(message, NOW)
    decided = book.decision
    book.time_out(NOW)
    assert book.decision is not None
    if decided is not None:
        assert book.decision == decided
        return
    assert book.decision.decided_by == "timeout"
    refused = refusal_of(book, late)
    if refused is not None and refused.refusal is Refusal.TIMED_OUT:
        assert refused.decision == book.decision
    elif refused is None:
        assert isinstance(late, DecideInput)
        assert book.known(late.decision_id) is not None, "a new decision was taken"


def test_who_may_not_decide_learns_nothing_of_the_outcome() -> None:
    book = book_of(ApprovalPolicy(users=["ana"]))
    ana = DecideInput(decision_id="1", approver="ana", outcome=Outcome.APPROVED)
    book.take(ana, NOW)
    refused = refusal_of(book, replace(ana, decision_id="2", approver="mallory"))
    assert refused is not None
    assert (refused.refusal, refused.decision) == (Refusal.NOT_ALLOWED, None)


def test_votes_may_not_grow_beyond_what_a_status_can_hold() -> None:
    book = book_of(ApprovalPolicy(quorum=100))
    payload = {"text": "x" * 100_000}
    for number in range(9):
        message = DecideInput(
            decision_id=str(number), approver=f"user-{number}", outcome=Outcome.APPROVED, edited=payload
        )
        refused = refusal_of(book, message)
        if refused is not None:
            assert refused.refusal is Refusal.INVALID
            assert number == 5
            assert refusal_of(book, replace(message, edited=None)) is None
            return
        book.take(message, NOW)
    raise AssertionError("nothing was refused")
