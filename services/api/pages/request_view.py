"""One request as its page shows it: the status and the policy, put into words for one reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.api.approvals.fetch import Approval
from services.api.pages.payload_view import Node, as_json, payload_view
from services.api.pages.rules import at_deadline, rules
from services.api.pages.story import Event, story
from services.api.pages.words import moment, state
from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.decide import MAX_EDITED_BYTES
from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Vote, canonical_json
from temporal.store.audit import AuditEntry

ENDED = (ApprovalPhase.COMPLETED, ApprovalPhase.CANCELED, ApprovalPhase.FAILED)
"""Phases after which nothing changes."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """A payload that an approver approved in place of what was asked."""

    decision_id: str
    by: str
    payload: Node


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """What the templates of one request are given; see there for what each field is for."""

    href: str
    live_href: str
    title: str
    requester: str
    state: str
    tone: str
    announcement: str
    open: bool
    live: bool
    opened: datetime | None
    deadline: datetime | None
    at_deadline: str
    tally: str
    payload_title: str
    payload: Node
    asked: Node | None
    json: str
    editable: bool
    versions: list[Version]
    may_decide: bool
    may_withdraw: bool
    panel_title: str
    panel_text: str
    rules: list[str] = field(default_factory=list)
    story: list[Event] = field(default_factory=list)
    temporal_ui: str = ""


def request_view(
    approval: Approval,
    reader: str,
    *,
    href: str,
    live_href: str,
    ui: str = "",
    refusals: Sequence[AuditEntry] = (),
) -> RequestView:
    """Puts a request into words.

    Args:
        approval: What is known of it.
        reader: Who reads it.
        href: Its page's address.
        live_href: The address of the parts that keep themselves up to date.
        ui: Where the workflow is in the Temporal UI; empty for no link.
        refusals: The refused decisions, for those who may see them.
    """
    status, entitled = approval.status, approval.may_decide
    decision = status.decision
    is_open = approval.running and status.phase is ApprovalPhase.PENDING and decision is None
    own = next((vote for vote in status.votes if vote.approver == reader), None)
    edited = decision.edited if decision else None
    payload = status.details if edited is None else edited
    word, tone = state(status.phase, decision.outcome if decision else None)
    if not approval.running and decision is None and status.phase not in ENDED:
        word, tone = "Ended", "calm"  # terminated: its last phase stays
    title, text = _panel(approval, own, reader)
    return RequestView(
        href=href,
        live_href=live_href,
        title=status.title,
        requester=status.requester,
        state=word,
        tone=tone,
        announcement=outcome_sentence(decision) if decision else f"{word}. {_tally(status)}".strip(),
        open=is_open,
        live=approval.running and status.phase not in ENDED,
        opened=moment(status.opened_at),
        deadline=moment(status.deadline),
        at_deadline=at_deadline(status.policy),
        tally=_tally(status) if is_open else "",
        payload_title="What is asked" if edited is None else "What was approved",
        payload=payload_view(payload),
        asked=None if edited is None else payload_view(status.details),
        json=as_json(payload),
        editable=len(canonical_json(status.details)) <= MAX_EDITED_BYTES,
        versions=versions(status) if is_open else [],
        may_decide=is_open and entitled and own is None,
        may_withdraw=is_open and reader == status.requester,
        panel_title=title,
        panel_text=text,
        rules=rules(status),
        story=story(status, refusals),
        temporal_ui=ui,
    )


def versions(status: ApprovalStatus) -> list[Version]:
    """Returns the edited payloads among the votes, each once, by who approved it first."""
    found: dict[str, Vote] = {}
    for vote in status.votes:
        if vote.edited is not None:
            found.setdefault(vote.payload_digest, vote)
    return [
        Version(decision_id=vote.decision_id, by=vote.approver, payload=payload_view(vote.edited))
        for vote in found.values()
    ]


def outcome_sentence(decision: Decision) -> str:
    """Returns how it ended, in a sentence."""
    if decision.decided_by == TIMEOUT_APPROVER:
        return f"Its time ran out: it is {decision.outcome}."
    return f"{decision.outcome.capitalize()} by {decision.decided_by}."


def _tally(status: ApprovalStatus) -> str:
    if status.policy.quorum == 1:
        return ""
    rejections = f", {status.rejections} rejected" if status.rejections else ""
    return f"{status.approvals} of {status.policy.quorum} approvals{rejections}"


def _panel(approval: Approval, own: Vote | None, reader: str) -> tuple[str, str]:
    """Returns a heading and a text for whoever has nothing to decide."""
    status = approval.status
    if status.decision is not None:
        return "Decided", outcome_sentence(status.decision)
    if not approval.running or status.phase in ENDED:
        return "Closed", status.detail or "This request has ended without a decision."
    if status.phase is ApprovalPhase.VALIDATING:
        return "Not open yet", "The request is being checked and can be decided in a moment."
    if own is not None:
        return "You have decided", f"You {own.outcome} it. It waits for others."
    if reader == status.requester and status.policy.four_eyes:
        return "Others decide", "You asked for this, so somebody else decides."
    return "Others decide", "You may see this request, and others decide on it."
