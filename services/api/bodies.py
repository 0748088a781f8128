"""What callers send, as the API describes and checks it; the messages' own checks come on top."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from temporal.messages.approval import MAX_TIMEOUT_SECONDS
from temporal.messages.decision import Outcome
from temporal.messages.policy import MAX_QUORUM, MAX_REMINDERS, MAX_WAIT_SECONDS, OnTimeout
from temporal.messages.validation import MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS)]
Comment = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]
Seconds = Annotated[float, Field(ge=1, le=MAX_WAIT_SECONDS, allow_inf_nan=False)]


class Body(BaseModel):
    """A JSON object without unknown fields and without guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PolicyBody(Body):
    """Who may decide and by what rules; how a decision is vouched for is the API's own affair."""

    users: list[Name] = Field(default=[], description="With neither users nor groups anybody may decide.")
    groups: list[Name] = Field(default=[])
    quorum: int = Field(default=1, ge=1, le=MAX_QUORUM, description="How many approvals it takes.")
    four_eyes: bool = Field(default=False, description="The requester may not decide.")
    reject_ends: bool = Field(default=True, description="One reject ends it.")
    remind_every_seconds: Seconds | None = None
    max_reminders: int = Field(default=10, ge=0, le=MAX_REMINDERS)
    escalate_after_seconds: Seconds | None = Field(
        default=None, description="After how long the further users and groups may decide too."
    )
    escalate_to_users: list[Name] = Field(default=[])
    escalate_to_groups: list[Name] = Field(default=[])
    on_timeout: OnTimeout = Field(default=OnTimeout.REJECT, strict=False)


class ApprovalBody(Body):
    """What is to be approved; the requester is who sends it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Pay invoice 4711",
                    "details": {"amount": "1200.00", "currency": "EUR"},
                    "timeout_seconds": 86400,
                    "policy": {"groups": ["finance"], "quorum": 2, "four_eyes": True},
                }
            ]
        }
    )

    title: Name
    details: dict[str, JsonValue] = Field(default={}, description="What is approved; at most 1 MiB of JSON.")
    timeout_seconds: float | None = Field(
        default=None,
        ge=0.001,
        le=MAX_TIMEOUT_SECONDS,
        allow_inf_nan=False,
        description="After how long it is decided by itself; null waits without limit.",
    )
    policy: PolicyBody = PolicyBody()


class Choice(StrEnum):
    """What an approver can say."""

    APPROVED = Outcome.APPROVED.value
    REJECTED = Outcome.REJECTED.value


class DecisionBody(Body):
    """One approver's decision; the approver is who sends it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "approved", "comment": "checked against the order"}]}
    )

    outcome: Choice = Field(strict=False)
    comment: Comment = ""
    edited: dict[str, JsonValue] | None = Field(
        default=None, description="Approve this in place of the request's details; at most 128 KiB of JSON."
    )


class WithdrawalBody(Body):
    """The requester takes the request back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the order was cancelled"}]})

    reason: Comment = ""


class LinkBody(Body):
    """For whom a link is made, and how long it holds."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"approver": "ana", "groups": ["finance"], "seconds": 3600}]}
    )

    approver: Name
    groups: list[Name] = Field(default=[], max_length=100)
    seconds: float = Field(default=86_400, ge=1, le=31_536_000, allow_inf_nan=False)


class SignalBody(Body):
    """A signal's one argument; left out, the signal has none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payload": {"speed": 2}}]})

    payload: JsonValue = None
