"""The six activities that write to the store: what each does, once, and what a retry gets."""

import dataclasses
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, Row, Table, select

from temporal.activities.approvals import ApprovalActivities
from temporal.activities.steps import StepActivities
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import Outcome, RecordDecisionInput, Vote
from temporal.messages.delivery import Notification, Receipt
from temporal.messages.work import LogEventInput, StepInput, StepResult
from temporal.store import schema
from temporal.store.effects import EffectRecord
from temporal.store.errors import EffectConflict
from tests.activity_attempts import an_attempt

pytest_plugins = ["tests.store_fixtures"]

Result = Receipt | StepResult
Activity = Callable[[object], Result]

STEP = StepInput(step="brew", subject="tea")
EVENT = LogEventInput(kind="demo-started", message="tea")
REQUEST = ApprovalRequest(title="a laptop", requester="rita", details={"price": 900.5})
DECISION = RecordDecisionInput(
    approval_id="approval/7",
    title="a laptop",
    requester="rita",
    outcome=Outcome.APPROVED,
    decided_by="ana",
    comment="fine",
    decided_at="2026-01-02T03:04:05+00:00",
)
VOTE = Vote(decision_id="d1", approver="ana", outcome=Outcome.APPROVED, comment="fine")
VOTES = dataclasses.replace(DECISION, outcome=None, decided_by="", votes=[VOTE])
NOTIFICATION = Notification(recipient="rita", subject="approved", body="by ana")


@dataclasses.dataclass(frozen=True)
class Case:
    """An activity, its input, another input, the table of its effect and what that holds afterwards.

    `key` is the effect's: of one run, or of the approval whatever the run.
    """

    name: str
    message: object
    other: object
    table: Table
    stored: dict[str, object]
    key: str = "run/1"

    def activity(self, store: Engine) -> Activity:
        """Returns the activity over `store`."""
        return self.activity_over(EffectRecord(store, "worker"))

    def activity_over(self, record: EffectRecord) -> Activity:
        """Returns the activity over an effect record."""
        owner = StepActivities(record) if self.name in STEP_ACTIVITIES else ApprovalActivities(record)
        activity: Activity = getattr(owner, self.name)
        return activity

    def rows(self, store: Engine) -> list[Row[tuple[object, ...]]]:
        """Returns what the effect left."""
        with store.begin() as connection:
            return list(connection.execute(select(self.table)).all())


STEP_ACTIVITIES = ("process_step", "log_event")
CASES = [
    Case(
        "process_step",
        STEP,
        dataclasses.replace(STEP, subject="coffee"),
        schema.steps,
        {"step": "brew", "output": hashlib.sha256(b"tea/brew").hexdigest()},
    ),
    Case(
        "log_event",
        EVENT,
        dataclasses.replace(EVENT, message="coffee"),
        schema.events,
        {"kind": "demo-started", "message": "tea"},
    ),
    Case(
        "process_request",
        REQUEST,
        dataclasses.replace(REQUEST, details={"price": 901}),
        schema.events,
        {"kind": "approval-opened", "message": "a laptop, by rita"},
    ),
    Case(
        "record_decision",
        DECISION,
        dataclasses.replace(DECISION, outcome=Outcome.REJECTED),
        schema.decisions,
        {"approval_id": "approval/7", "outcome": "approved", "decided_by": "ana", "comment": "fine"},
        key="approval/7",
    ),
    Case(
        "record_decision",
        VOTES,
        dataclasses.replace(VOTES, title="a laptop for two"),
        schema.audit,
        {"approval_id": "approval/7", "kind": "vote", "who": "ana", "what": "approved", "requester": "rita"},
    ),
    Case(
        "send_notification",
        NOTIFICATION,
        dataclasses.replace(NOTIFICATION, recipient="bob"),
        schema.notifications,
        {"recipient": "rita", "subject": "approved", "body": "by ana"},
    ),
]
each_activity = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_activity
def test_an_effect_is_stored_with_its_key_and_named_in_the_result(store: Engine, case: Case) -> None:
    result = an_attempt(activity_type=case.name).run(case.activity(store), case.message)
    [row] = case.rows(store)
    assert {name: getattr(row, name) for name in case.stored} == case.stored
    assert row.workflow_id == "workflow"
    assert result.effect_key == case.key
    if isinstance(result, Receipt):
        assert result.row == row.id
    with store.begin() as connection:
        effect = connection.execute(select(schema.effects)).one()
    assert (effect.key, effect.activity, effect.attempt) == (result.effect_key, case.name, 1)


@each_activity
def test_a_retry_returns_the_stored_result_and_does_nothing(store: Engine, case: Case) -> None:
    first = an_attempt(1).run(case.activity(store), case.message)
    retried = an_attempt(2).run(case.activity(store), case.message)
    assert retried == first
    assert len(case.rows(store)) == 1


@each_activity
def test_the_same_key_with_another_input_is_a_conflict_that_names_both_digests(
    store: Engine, case: Case
) -> None:
    an_attempt().run(case.activity(store), case.message)
    before = case.rows(store)
    with pytest.raises(EffectConflict) as conflict:
        an_attempt(2).run(case.activity(store), case.other)
    assert str(conflict.value).count("v1:") == 2
    assert "laptop" not in str(conflict.value)
    assert case.rows(store) == before


@each_activity
def test_another_activity_of_the_run_has_an_effect_of_its_own(store: Engine, case: Case) -> None:
    first = an_attempt(activity_id="1").run(case.activity(store), case.message)
    second = an_attempt(activity_id="2").run(case.activity(store), case.message)
    once = case.key == "approval/7"
    # A vote is in the audit once, however many runs tell of it.
    assert len(case.rows(store)) == (1 if once or case.table is schema.audit else 2)
    assert (first == second) is once


class AnnouncingRecord(EffectRecord):
    """Tells by `asked` that an activity now waits for its effect."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "worker")
        self.asked = threading.Event()

    def once(self, *arguments: Any) -> Any:
        """Applies the effect as ever."""
        self.asked.set()
        return super().once(*arguments)


@each_activity
def test_a_cancellation_or_a_shutdown_does_not_interrupt_an_effect(sqlite_store: Engine, case: Case) -> None:
    attempt, record = an_attempt(), AnnouncingRecord(sqlite_store)
    with ThreadPoolExecutor(1) as threads:
        with sqlite_store.begin():  # the effect has to wait
            result = threads.submit(attempt.run, case.activity_over(record), case.message)
            record.asked.wait()
            attempt.cancel()
            attempt.worker_shutdown()
        assert result.result().effect_key
    assert len(case.rows(sqlite_store)) == 1


@each_activity
def test_an_activity_outside_a_workflow_is_refused(sqlite_store: Engine, case: Case) -> None:
    with pytest.raises(RuntimeError, match="belongs to no workflow"):
        an_attempt(workflow_id=None, run_id=None).run(case.activity(sqlite_store), case.message)
    assert case.rows(sqlite_store) == []
