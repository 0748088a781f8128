"""What is particular to an approval's activities: validation, and a decision that outlives its run."""

import dataclasses
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from temporal.activities.approvals import ApprovalActivities
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.store import schema
from temporal.store.effects import EffectRecord
from temporal.store.errors import EffectConflict
from tests.activity_attempts import an_attempt

pytest_plugins = ["tests.store_fixtures"]

DECISION = RecordDecisionInput(
    approval_id="approval/7",
    title="a laptop",
    requester="rita",
    outcome=Outcome.APPROVED,
    decided_by="ana",
    decided_at="2026-01-02T03:04:05+00:00",
)


def activities(store: Engine) -> ApprovalActivities:
    return ApprovalActivities(EffectRecord(store, "worker"))


def test_an_invalid_request_is_refused_for_good_and_stores_nothing(store: Engine) -> None:
    request = ApprovalRequest(title="", requester="rita", timeout_seconds=-1)
    with pytest.raises(ApplicationError) as refused:
        an_attempt().run(activities(store).process_request, request)
    assert (refused.value.type, refused.value.non_retryable) == ("InvalidRequest", True)
    assert refused.value.category is ApplicationErrorCategory.BENIGN
    assert [fault.partition(":")[0] for fault in refused.value.message.split("; ")] == [
        "title",
        "timeout_seconds",
    ]
    with store.begin() as connection:
        assert connection.execute(select(schema.effects)).all() == []


def test_the_run_after_a_reset_meets_the_decision_of_the_run_before(store: Engine) -> None:
    first = an_attempt(run_id="before").run(activities(store).record_decision, DECISION)
    later = dataclasses.replace(DECISION, decided_at="2026-02-03T04:05:06+00:00")
    assert an_attempt(run_id="after").run(activities(store).record_decision, later) == first
    with store.begin() as connection:
        [row] = connection.execute(select(schema.decisions)).all()
    assert row.decided_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(DECISION, outcome=Outcome.REJECTED),
        dataclasses.replace(DECISION, decided_by="bob"),
        dataclasses.replace(DECISION, comment="on second thoughts"),
    ],
    ids=["outcome", "decided_by", "comment"],
)
def test_a_different_decision_of_another_run_is_a_conflict(store: Engine, other: RecordDecisionInput) -> None:
    an_attempt(run_id="before").run(activities(store).record_decision, DECISION)
    with pytest.raises(EffectConflict):
        an_attempt(run_id="after").run(activities(store).record_decision, other)
    with store.begin() as connection:
        assert connection.execute(select(schema.decisions.c.decided_by)).scalars().all() == ["ana"]
