"""Whether a decision may be taken, and if not, why: each row of the decision contract that refuses.

Validators of Updates and the signals ask the same question. A refusal changes nothing, so an Update that is
refused leaves nothing in the history.
"""

from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

with workflow.unsafe.imports_passed_through():
    from temporal.messages.decide import DecideInput, Refusal, WithdrawInput, signed_bytes
    from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Outcome, canonical_json
    from temporal.messages.policy import Trust
    from temporal.messages.signing import verified

from temporal.workflows.approval_rules import barred, in_reach, same_person
from temporal.workflows.decision_book import DecisionBook, digest_of, id_of

MAX_VOTES_BYTES = 512 * 1024
"""How much all votes may hold, in bytes of JSON, so that a status with them stays below the payload limit."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why a decision is not taken, and the outcome that was there first, if one was."""

    refusal: Refusal
    reason: str
    decision: Decision | None = None

    def error(self) -> ApplicationError:
        """Returns it as what an Update fails with."""
        return ApplicationError(
            self.reason,
            *([self.decision] if self.decision else []),
            type=self.refusal,
            non_retryable=True,
            category=ApplicationErrorCategory.BENIGN,
        )


def refusal_of(book: DecisionBook, message: DecideInput | WithdrawInput) -> Refused | None:
    """Returns why a decision or withdrawal is not taken; None when it is.

    Who may not decide is told that and nothing of what others decided.
    """
    if problems := message.problems():
        return Refused(refusal=Refusal.INVALID, reason="; ".join(problems))
    if (known := book.known(id_of(message))) is not None:
        if known.digest == digest_of(message):
            return None
        return Refused(
            refusal=Refusal.ID_REUSED, reason=f"decision_id: {id_of(message)} was another decision's"
        )
    if reason := _unsigned(book, message) or _not_among(book, message):
        return Refused(refusal=Refusal.NOT_ALLOWED, reason=reason)
    if (over := _over(book)) is not None or isinstance(message, WithdrawInput):
        return over
    return _second_vote(book, message) or _unfit(book, message)


def _unsigned(book: DecisionBook, message: DecideInput | WithdrawInput) -> str:
    policy = book.request.policy
    if policy.trust is Trust.OPEN:
        return ""
    key = policy.signing_keys.get(message.key_id, "")
    # The library imports its exceptions when it first raises one; within the sandbox that import would be a
    # second load of its native module, which aborts the process.
    with workflow.unsafe.imports_passed_through():
        if verified(key, signed_bytes(book.approval_id, message), message.signature):
            return ""
    return "the policy asks for a signature, and there is no valid one"


def _not_among(book: DecisionBook, message: DecideInput | WithdrawInput) -> str:
    request = book.request
    if isinstance(message, WithdrawInput):
        return "" if message.by == request.requester else "only the requester may withdraw"
    approver, groups = message.approver.strip(), message.groups
    return barred(request.policy, request.requester, approver, groups, escalated=book.escalated)


def _over(book: DecisionBook) -> Refused | None:
    if book.closed:
        return Refused(refusal=Refusal.CLOSED, reason=book.closed)
    if (winner := book.decision) is None:
        return None
    refusal = Refusal.ALREADY_DECIDED
    if winner.outcome is Outcome.WITHDRAWN:
        refusal = Refusal.CLOSED
    elif winner.decided_by == TIMEOUT_APPROVER:
        refusal = Refusal.TIMED_OUT
    reason = f"already {winner.outcome} by {winner.decided_by}"
    return Refused(refusal=refusal, reason=reason, decision=winner)


def _second_vote(book: DecisionBook, message: DecideInput) -> Refused | None:
    for vote in book.votes:
        if same_person(vote.approver, message.approver):
            reason = f"{vote.approver} has already {vote.outcome} it (decision {vote.decision_id})"
            return Refused(refusal=Refusal.ALREADY_VOTED, reason=reason)
    return None


def _unfit(book: DecisionBook, message: DecideInput) -> Refused | None:
    vote, request = book.vote_of(message, at=""), book.request
    votes = [*book.votes, vote]
    if vote.outcome is Outcome.APPROVED and not in_reach(votes, request.policy, request.requester):
        reason = "edited: no payload could reach the quorum; approve what others approved, or reject"
        return Refused(refusal=Refusal.INVALID, reason=reason)
    said = [(each.comment, each.edited) for each in votes if each.comment or each.edited is not None]
    if (vote.comment or vote.edited is not None) and len(canonical_json(said)) > MAX_VOTES_BYTES:
        reason = f"comment, edited: all votes together hold at most {MAX_VOTES_BYTES} bytes"
        return Refused(refusal=Refusal.INVALID, reason=reason)
    return None
