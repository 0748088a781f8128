"""What the API answers when it does what was asked."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import Verdict
from temporal.messages.decision import Outcome


class Answer(BaseModel):
    """A JSON object, read from what the service functions return."""

    model_config = ConfigDict(from_attributes=True)


class DecisionOut(Answer):
    """The outcome: who decided, when and why."""

    outcome: Outcome
    decided_by: str
    comment: str
    decided_at: str
    decision_id: str
    channel: str
    edited: dict[str, JsonValue] | None = None


class VoteOut(Answer):
    """What one approver said."""

    decision_id: str
    approver: str
    outcome: Outcome
    comment: str
    edited: dict[str, JsonValue] | None = None
    channel: str
    at: str
    payload_digest: str = Field(description="SHA-256 of the JSON that was decided on.")


class PolicyOut(Answer):
    """Who may decide and by what rules."""

    trust: str
    users: list[str]
    groups: list[str]
    quorum: int
    four_eyes: bool
    reject_ends: bool
    remind_every_seconds: float | None
    max_reminders: int
    escalate_after_seconds: float | None
    escalate_to_users: list[str]
    escalate_to_groups: list[str]
    on_timeout: str


class ItemOut(Answer):
    """One approval in a list."""

    id: str
    title: str = Field(description="Empty for a request that was not made through the API.")
    requester: str
    phase: ApprovalPhase
    running: bool
    deadline: datetime | None
    started_at: datetime | None
    closed_at: datetime | None


class PageOut(Answer):
    """One page of a list."""

    items: list[ItemOut]
    next_page: str = Field(description="What `page` gets for the next one; empty on the last.")


class ApprovalOut(Answer):
    """One approval, whole."""

    id: str
    approval_id: str
    phase: ApprovalPhase
    running: bool
    title: str
    requester: str
    details: dict[str, JsonValue]
    policy: PolicyOut
    votes: list[VoteOut]
    approvals: int
    rejections: int
    decision: DecisionOut | None
    deadline: str | None
    opened_at: str | None
    escalated: bool
    reminders: int
    detail: str
    may_decide: bool = Field(description="Whether the policy lets the caller decide.")


class CreatedOut(Answer):
    """A request that was made, now or when the same key came first."""

    id: str
    approval_id: str
    title: str
    requester: str


class DecidedOut(Answer):
    """What a decision or withdrawal came to."""

    verdict: Verdict
    decision_id: str
    approvals: int
    rejections: int
    quorum: int
    decision: DecisionOut | None


class EventOut(Answer):
    """One thing that happened."""

    kind: str = Field(description="opened, vote, outcome, timeout, withdrawal or refusal.")
    at: datetime | None
    who: str
    what: str
    why: str
    channel: str
    decision_id: str
    payload_digest: str


class HistoryOut(Answer):
    """What happened to an approval, the oldest first; refusals are shown to admins and auditors."""

    id: str
    events: list[EventOut]


class LinkOut(Answer):
    """A signed link: who has it decides as the approver that it names."""

    url: str
    approver: str
    expires_at: datetime


class SignalOut(Answer):
    """A signal that the server has taken."""

    workflow_id: str
    run_id: str
    signal: str


class StateOut(Answer):
    """Whether the API lives, or can do its work."""

    status: str


class ProblemOut(Answer):
    """Why something was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[str] = Field(default=[], description="One line a fault, each beginning with its field.")
    decision: DecisionOut | None = Field(
        default=None, description="The outcome that stands, with 409 and 410."
    )
