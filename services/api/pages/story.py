"""What happened to a request, in order: opened, voted on, escalated, decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.api.pages.words import OUTCOMES, moment
from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Outcome, Vote
from temporal.store.audit import AuditEntry

CHANNELS = {
    "page": "on the page",
    "link": "by a signed link",
    "api": "through the API",
    "signal": "by a signal",
    "update": "by an update",
}
"""How a decision came, in words."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        what: It, in a sentence without a full stop.
        at: When; None when only the order is known.
        how: Which way it came.
        comment: What was said with it.
        tone: The class of its mark.
    """

    what: str
    at: datetime | None = None
    how: str = ""
    comment: str = ""
    tone: str = "calm"


def story(status: ApprovalStatus, refusals: Sequence[AuditEntry] = ()) -> list[Event]:
    """Returns what happened, oldest first.

    Args:
        status: What the workflow says.
        refusals: The refused decisions of the audit, for those who may see them.
    """
    events = [_opened(status), *(_vote(vote) for vote in status.votes), *map(_refusal, refusals)]
    events += [
        Event(what=f"A signal {ignored.signal} changed nothing: {ignored.reason}", at=moment(ignored.at))
        for ignored in status.ignored
    ]
    if (escalation := _escalated(status)) is not None:
        events.append(escalation)
    events.sort(key=_when)  # stable: what has no time stays behind what came before it
    if status.reminders:
        rounds = (
            "Reminders went out" if status.reminders == 1 else f"Reminders went out {status.reminders} times"
        )
        events.append(Event(what=rounds))
    if status.decision is not None:
        events += [*_decided(status, status.decision)]
    elif status.phase in (ApprovalPhase.CANCELED, ApprovalPhase.FAILED):
        failed = status.phase is ApprovalPhase.FAILED
        what = "The request failed" if failed else "The request was canceled"
        events.append(Event(what=what, comment=status.detail, tone="bad" if failed else "calm"))
    return events


def _when(event: Event) -> float:
    return event.at.timestamp() if event.at else 0.0


def _opened(status: ApprovalStatus) -> Event:
    opened = moment(status.opened_at)
    if opened is None:
        return Event(what=f"{status.requester} asked; the request is not open yet")
    return Event(what=f"{status.requester} asked", at=opened)


def _vote(vote: Vote) -> Event:
    word, tone = OUTCOMES[vote.outcome]
    edited = " an edited payload" if vote.edited is not None else ""
    return Event(
        what=f"{vote.approver} {word.lower()}{edited}",
        at=moment(vote.at),
        how=CHANNELS.get(vote.channel, vote.channel),
        comment=vote.comment,
        tone=tone,
    )


def _refusal(entry: AuditEntry) -> Event:
    how = CHANNELS.get(entry.channel, entry.channel)
    return Event(
        what=f"Refused: a decision by {entry.who}", at=entry.at, how=how, comment=entry.why, tone="bad"
    )


def _escalated(status: ApprovalStatus) -> Event | None:
    opened, after = moment(status.opened_at), status.policy.escalate_after_seconds
    if not status.escalated or opened is None or after is None:
        return None
    return Event(
        what="Escalated: further approvers may decide", at=opened + timedelta(seconds=after), tone="wait"
    )


def _decided(status: ApprovalStatus, decision: Decision) -> list[Event]:
    _, tone = OUTCOMES[decision.outcome]
    at = moment(decision.decided_at)
    if decision.decided_by == TIMEOUT_APPROVER:
        events = [Event(what=f"Its time ran out: {decision.outcome} by itself", at=at, tone=tone)]
    elif decision.outcome is Outcome.WITHDRAWN:
        how = CHANNELS.get(decision.channel, decision.channel)
        what = f"{decision.decided_by} withdrew the request"
        events = [Event(what=what, at=at, how=how, comment=decision.comment, tone=tone)]
    else:
        events = [Event(what=f"The request is {decision.outcome}", at=at, tone=tone)]
    if status.notified:
        events.append(Event(what=f"{status.requester} was told"))
    return events
