"""What one process sends as JSON another, older or newer one must read."""

import json

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter

from temporal.messages.approval import (
    ApprovalPhase,
    ApprovalRequest,
    ApprovalResult,
    ApprovalStatus,
    IgnoredSignal,
)
from temporal.messages.carried import Answered, Carried
from temporal.messages.decide import DecideAnswer, DecideInput, Verdict, WithdrawInput
from temporal.messages.decision import Decision, Outcome, RecordDecisionInput, Vote
from temporal.messages.delivery import Notification, Receipt
from temporal.messages.durable_demo import (
    DemoPhase,
    DurableDemoInput,
    DurableDemoResult,
    DurableDemoStatus,
)
from temporal.messages.policy import ApprovalPolicy, OnTimeout, Trust
from temporal.messages.work import LogEventInput, StepInput, StepResult, WorkInput, WorkProgress, WorkResult

DECISION = Decision(outcome=Outcome.REJECTED, decided_by="ada", comment="too dear", decided_at="2026-01-01")
IGNORED = IgnoredSignal(signal="approve", reason="already rejected by ada", at="2026-01-02")
STEP = StepResult(step="before-1", output="00ff", effect_key="run/1")
WORK = WorkResult(units=3, resumed_from=2, attempt=2, chain="00ff")

POLICY = ApprovalPolicy(
    trust=Trust.AUTHENTICATED,
    users=["ada"],
    escalate_after_seconds=5.0,
    on_timeout=OnTimeout.APPROVE,
    signing_keys={"a": "b"},
)
VOTE = Vote(decision_id="d", approver="ada", outcome=Outcome.APPROVED, edited={"price": 3}, channel="api")
ANSWER = DecideAnswer(
    verdict=Verdict.COUNTED, decision_id="d", approvals=1, rejections=0, quorum=2, decision=DECISION
)
CARRIED = Carried(
    opened_at="2026-01-01",
    votes=[VOTE],
    answers=[Answered(decision_id="d", digest="00", answer=ANSWER)],
    ignored=[IGNORED],
)

MESSAGES: list[object] = [
    POLICY,
    ApprovalRequest(title="Buy", requester="ada", policy=POLICY, carried=CARRIED),
    ApprovalStatus(votes=[VOTE], policy=POLICY, details={"price": [1, None]}, approvals=1, opened_at="x"),
    ApprovalResult(
        title="B", requester="a", decision=DECISION, notified=True, votes=[VOTE], details={"a": 1}
    ),
    DecideInput(decision_id="d", approver="ada", outcome=Outcome.APPROVED, groups=["g"], edited={"a": {}}),
    WithdrawInput(withdrawal_id="w", by="ada", reason="why"),
    ANSWER,
    CARRIED,
    RecordDecisionInput(
        approval_id="a",
        title="Buy",
        requester="ada",
        outcome=Outcome.WITHDRAWN,
        decided_by="ada",
        votes=[VOTE],
    ),
    Notification(
        recipient="group:x", subject="s", body="b", kind="reminder", approval_id="a", workflow_id="w"
    ),
    ApprovalRequest(
        title="Buy", requester="ada", details={"price": 3, "of": ["oak", None]}, timeout_seconds=0.5
    ),
    ApprovalStatus(phase=ApprovalPhase.PENDING, decision=DECISION, ignored=[IGNORED], ignored_total=1),
    ApprovalStatus(),
    ApprovalResult(title="Buy", requester="ada", decision=DECISION, notified=True),
    DECISION,
    RecordDecisionInput(
        approval_id="a", title="Buy", requester="ada", outcome=Outcome.APPROVED, decided_by="bob"
    ),
    Notification(recipient="ada", subject="Rejected", body="too dear"),
    Receipt(effect_key="run/1", row=1),
    DurableDemoInput(name="x", sleep_seconds=0.25, steps=2, work_units=3),
    DurableDemoStatus(phase=DemoPhase.SLEEPING, steps_done=["before-1"], sleep_deadline="2026-01-01"),
    DurableDemoResult(name="x", steps=[STEP], work=WORK, slept_seconds=5.0),
    DurableDemoResult(name="x", steps=[], work=None, slept_seconds=0.0),
    StepInput(step="before-1", subject="x"),
    STEP,
    WorkInput(subject="x", units=3, unit_seconds=0.2),
    WorkProgress(units_done=1, chain="00ff"),
    WORK,
    LogEventInput(kind="demo-started", message="x"),
]


async def sent(message: object) -> Payload:
    [payload] = await DataConverter.default.encode([message])
    return payload


async def received(payload: Payload, kind: type) -> object:
    [message] = await DataConverter.default.decode([payload], [kind])
    return message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
async def test_a_message_arrives_as_it_was_sent(message: object) -> None:
    assert await received(await sent(message), type(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
async def test_a_field_of_a_newer_version_is_passed_over(message: object) -> None:
    payload = await sent(message)
    payload.data = json.dumps({**json.loads(payload.data), "of_a_newer_version": [1]}).encode()

    assert await received(payload, type(message)) == message


@pytest.mark.parametrize("kind", [ApprovalRequest, DurableDemoInput, ApprovalStatus, DurableDemoStatus])
async def test_a_message_without_any_field_has_its_defaults(kind: type) -> None:
    payload = await sent({})

    assert await received(payload, kind) == kind()
