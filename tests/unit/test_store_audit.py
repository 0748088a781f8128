"""The audit: what a recorded decision and a refusal leave in it."""

import dataclasses
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, select, text

from temporal.activities.approvals import ApprovalActivities
from temporal.messages.decision import Outcome, RecordDecisionInput, Vote
from temporal.store import schema
from temporal.store.audit import AuditKind, audit_of, record_refusal
from temporal.store.effects import EffectRecord
from temporal.store.errors import StoreError
from tests.activity_attempts import an_attempt

pytest_plugins = ["tests.store_fixtures"]

VOTES = [
    Vote(
        decision_id="d1",
        approver="ana",
        outcome=Outcome.APPROVED,
        comment="fine",
        channel="page",
        at="2026-01-02T03:04:05+00:00",
        payload_digest="aa",
    ),
    Vote(
        decision_id="d2",
        approver="bob",
        outcome=Outcome.APPROVED,
        channel="link",
        at="2026-01-02T05:04:05+02:00",
        payload_digest="aa",
    ),
]
DECISION = RecordDecisionInput(
    approval_id="approval/7",
    title="a laptop",
    requester="rita",
    outcome=Outcome.APPROVED,
    decided_by="bob",
    decided_at="2026-01-02T03:04:05+00:00",
    votes=VOTES,
    channel="link",
    decision_id="d2",
    payload_digest="aa",
)


def record(store: Engine, decision: RecordDecisionInput, attempt: int = 1) -> None:
    activities = ApprovalActivities(EffectRecord(store, "worker"))
    an_attempt(attempt).run(activities.record_decision, decision)


def test_a_decision_leaves_an_entry_for_each_vote_and_one_for_the_outcome(store: Engine) -> None:
    record(store, DECISION)
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    told = [
        (entry.kind, entry.who, entry.what, entry.why, entry.decision_id, entry.channel, entry.at)
        for entry in audit_of(store, "approval/7")
    ]
    assert told == [
        (AuditKind.VOTE, "ana", "approved", "fine", "d1", "page", at),
        (AuditKind.VOTE, "bob", "approved", "", "d2", "link", at),
        (AuditKind.OUTCOME, "bob", "approved", "", "d2", "link", at),
    ]
    for entry in audit_of(store, "approval/7"):
        assert (entry.workflow_id, entry.requester, entry.payload_digest) == ("workflow", "rita", "aa")
        assert entry.recorded_at is not None
    assert audit_of(store, "approval/8") == []


@pytest.mark.parametrize(
    ("decided_by", "outcome", "kind"),
    [
        ("timeout", Outcome.REJECTED, AuditKind.TIMEOUT),
        ("timeout", Outcome.APPROVED, AuditKind.TIMEOUT),
        ("rita", Outcome.WITHDRAWN, AuditKind.WITHDRAWAL),
        ("ana", Outcome.REJECTED, AuditKind.OUTCOME),
    ],
)
def test_the_last_entry_tells_how_the_approval_ended(
    store: Engine, decided_by: str, outcome: Outcome, kind: AuditKind
) -> None:
    record(store, dataclasses.replace(DECISION, votes=[], decided_by=decided_by, outcome=outcome))
    assert [entry.kind for entry in audit_of(store, "approval/7")] == [kind]


def test_a_retry_adds_no_entry(store: Engine) -> None:
    for attempt in (1, 2):
        record(store, DECISION, attempt)
    assert len(audit_of(store, "approval/7")) == 3


def test_votes_that_a_canceled_run_has_recorded_are_not_added_again_by_the_run_of_its_reset(
    store: Engine,
) -> None:
    canceled = dataclasses.replace(DECISION, outcome=None, decided_by="", votes=VOTES[:1])
    activities = ApprovalActivities(EffectRecord(store, "worker"))
    an_attempt(run_id="canceled").run(activities.record_decision, canceled)
    an_attempt(run_id="of-the-reset").run(activities.record_decision, DECISION)
    told = [(entry.kind, entry.decision_id) for entry in audit_of(store, "approval/7")]
    assert told == [(AuditKind.VOTE, "d1"), (AuditKind.VOTE, "d2"), (AuditKind.OUTCOME, "d2")]


def test_a_decision_whose_commit_fails_leaves_no_entry(store: Engine) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    event.listen(store, "commit", fail)
    with pytest.raises(OSError, match="the disk is full"):
        record(store, DECISION)
    event.remove(store, "commit", fail)
    assert audit_of(store, "approval/7") == []
    with store.begin() as connection:
        assert connection.execute(select(schema.decisions)).all() == []


def refuse(store: Engine, **other: str) -> None:
    facts = {"approval_id": "approval/7", "workflow_id": "w", "who": "eve", "what": "NotAllowed", "why": "no"}
    record_refusal(store, channel="api", **{**facts, **other})


def test_each_refusal_is_an_entry(store: Engine) -> None:
    for decision_id in ("d8", "d9", "d9"):
        refuse(store, decision_id=decision_id, requester="rita")
    entries = audit_of(store, "approval/7")
    assert [(entry.kind, entry.who, entry.decision_id) for entry in entries] == [
        (AuditKind.REFUSAL, "eve", "d8"),
        (AuditKind.REFUSAL, "eve", "d9"),
        (AuditKind.REFUSAL, "eve", "d9"),
    ]


def test_what_a_stranger_sends_is_stored_whatever_it_holds(store: Engine) -> None:
    refuse(store, who="e\0ve", why="\ud800" + "x" * 20_000, decision_id="'; DROP TABLE audit; --")
    [entry] = audit_of(store, "approval/7")
    assert (entry.who, entry.why) == ("e�ve", "?" + "x" * 9_999)
    assert entry.decision_id == "'; DROP TABLE audit; --"


def test_a_refusal_that_cannot_be_stored_is_one_line(store: Engine) -> None:
    with store.begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO moved"))
    with pytest.raises(StoreError) as failed:
        refuse(store, why="a secret")
    assert "secret" not in str(failed.value)
    assert "\n" not in str(failed.value)
