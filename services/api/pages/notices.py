"""What somebody is told after a decision: that it counted, or why not, who won, and what now."""

from dataclasses import dataclass, field

from services.api.approvals.refusals import Refused
from services.api.pages.request_view import outcome_sentence
from services.api.pages.words import clock, moment
from temporal.messages.approval import ApprovalStatus
from temporal.messages.decide import DecideAnswer, Refusal, Verdict
from temporal.messages.decision import Decision

DONE = {
    "approved": ("good", "You approved it", "The request is approved. Nothing more is needed."),
    "rejected": ("bad", "You rejected it", "The request is rejected. Nothing more is needed."),
    "withdrawn": ("calm", "You withdrew it", "The request is withdrawn: nobody has to decide any more."),
    "counted": ("good", "Your decision counts", "The request still waits for others."),
}
"""What is said after a decision, by the `did` of the page's address; never a text from the address itself."""

REFUSED = {
    Refusal.ALREADY_DECIDED: ("It was decided before", "Your decision came later and changed nothing."),
    Refusal.ALREADY_VOTED: (
        "You had decided before",
        "Your first decision stands; this one changed nothing.",
    ),
    Refusal.ID_REUSED: (
        "This form was sent before",
        "What was sent first counts. Load the page again to see it.",
    ),
    Refusal.TIMED_OUT: ("Its time had run out", "Your decision came later and changed nothing."),
    Refusal.CLOSED: ("It is no longer open", "Nobody can decide on it any more, so yours changed nothing."),
    Refusal.NOT_ALLOWED: ("You may not decide this", "Nothing was changed."),
    Refusal.INVALID: ("This cannot be taken", "Nothing was changed. Mend it below and send it again."),
}
"""A heading and a sentence for each refusal of the contract."""

NOW = "If that is not right, talk to who decided, or have it asked for again."


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What stands on top of the page.

    Attributes:
        title: It, in a few words.
        lines: What there is to know.
        tone: A class of page.css.
        urgent: Whether a screen reader says it at once.
        kept: The comment that was sent in vain, so that nobody has to write it again.
    """

    title: str
    lines: list[str] = field(default_factory=list)
    tone: str = "bad"
    urgent: bool = True
    kept: str = ""


def done(did: str, status: ApprovalStatus, reader: str) -> Notice | None:
    """Returns what is said after a decision that counted; None when it is not so."""
    decision = status.decision
    if did == "counted":
        if not any(vote.approver == reader for vote in status.votes):
            return None
    elif did not in DONE or decision is None or (decision.outcome, decision.decided_by) != (did, reader):
        return None
    tone, title, line = DONE[did]
    return Notice(title=title, lines=[line], tone=tone, urgent=False)


def did(answer: DecideAnswer) -> str:
    """Returns the word for an answer, as `done` takes it."""
    if answer.verdict is Verdict.COUNTED or answer.decision is None:
        return "counted"
    return answer.decision.outcome.value


def refused(problem: Refused, reader: str, comment: str) -> Notice:
    """Returns what is said after a decision that does not count.

    Args:
        problem: Why not.
        reader: Who sent it.
        comment: What was written with it.
    """
    title, line = REFUSED[problem.refusal]
    lines = [line]
    if (winner := problem.decision) is not None:
        lines.insert(0, _winner(winner, reader))
        lines.append(NOW)
    elif problem.refusal is Refusal.NOT_ALLOWED:
        lines.insert(0, f"The reason: {problem.detail}.")
    kept = "" if problem.refusal is Refusal.INVALID else comment
    return Notice(title=title, lines=lines, kept=kept)


def _winner(decision: Decision, reader: str) -> str:
    at = moment(decision.decided_at)
    when = f" ({clock(at)})" if at else ""
    if decision.decided_by == reader:
        return f"You yourself {decision.outcome} it{when}."
    return outcome_sentence(decision).rstrip(".") + f"{when}."
