"""What a signed-in person reads of a PostgreSQL store through Supabase's API: what concerns them, no more."""

import pytest
from sqlalchemy import Executable, select, text

from temporal.messages.decision import Outcome, RecordDecisionInput, Vote
from temporal.messages.delivery import Notification, Receipt
from temporal.store.audit import record_refusal
from temporal.store.contract import Writes
from temporal.store.effects import EffectRecord
from temporal.store.schema import audit, decisions, deliveries, notifications
from temporal.store.targets import TargetName
from tests.store_access import SecuredStore
from tests.store_steps import a_call

pytest_plugins = ["tests.store_fixtures", "tests.store_roles"]
pytestmark = pytest.mark.postgres

TOLD = ("rita", "ana", "group:finance")
DECISIONS = select(decisions.c.approval_id).order_by(decisions.c.id)
VOTERS = select(audit.c.who).where(audit.c.kind == "vote").order_by(audit.c.id)
REFUSED = select(audit.c.who).where(audit.c.kind == "refusal").order_by(audit.c.id)
IN_TRAY = select(notifications.c.recipient).order_by(notifications.c.id)
OUTBOX = select(deliveries.c.recipient).order_by(deliveries.c.id)


@pytest.fixture
def decided(secured: SecuredStore) -> SecuredStore:
    """One approval that rita asked for, ana and bob voted on and bob decided, and one of others."""
    _decide(secured, "approval/1", "rita", ["ana", "bob"])
    _decide(secured, "approval/2", "olga", ["timeout"])
    record_refusal(
        secured.owner,
        approval_id="approval/1",
        workflow_id="w",
        requester="rita",
        who="eve",
        what="NotAllowed",
        why="no",
        channel="api",
    )
    return secured


def _decide(store: SecuredStore, approval_id: str, requester: str, voters: list[str]) -> None:
    votes = [
        Vote(decision_id=f"d-{name}", approver=name, outcome=Outcome.APPROVED)
        for name in voters
        if name != "timeout"
    ]
    decision = RecordDecisionInput(
        approval_id=approval_id,
        title="t",
        requester=requester,
        outcome=Outcome.APPROVED,
        decided_by=voters[-1],
        votes=votes,
    )
    call = a_call(approval_id)

    def apply(writes: Writes) -> Receipt:
        for recipient in TOLD:
            message = Notification(recipient=recipient, subject="s", body="b")
            writes.notification(message, [TargetName(name=f"json-{recipient}", scheme="json")])
        return Receipt(effect_key=call.key, row=writes.decision(decision))

    EffectRecord(store.owner, "worker").once(call, decision, Receipt, apply)


@pytest.mark.parametrize(
    ("claims", "statement", "seen"),
    [
        # the requester: how it ended, every vote and every refusal
        ({"sub": "rita"}, DECISIONS, ["approval/1"]),
        ({"sub": "rita"}, VOTERS, ["ana", "bob"]),
        ({"sub": "rita"}, REFUSED, ["eve"]),
        # an approver: how it ended, and the own vote
        ({"sub": "ana"}, DECISIONS, ["approval/1"]),
        ({"sub": "ana"}, VOTERS, ["ana"]),
        ({"sub": "ana"}, REFUSED, []),
        ({"sub": "bob"}, DECISIONS, ["approval/1"]),
        # the refused: the own refusal, and nothing of the approval
        ({"sub": "eve"}, REFUSED, ["eve"]),
        ({"sub": "eve"}, DECISIONS, []),
        ({"sub": "eve"}, VOTERS, []),
        # a stranger
        ({"sub": "mallory"}, DECISIONS, []),
        ({"sub": "mallory"}, VOTERS, []),
        ({"sub": "mallory"}, IN_TRAY, []),
        ({"sub": "mallory"}, OUTBOX, []),
        # recipients, and members of a group that is one
        ({"sub": "ana"}, IN_TRAY, ["ana", "ana"]),
        ({"sub": "ana"}, OUTBOX, ["ana", "ana"]),
        ({"sub": "fay", "groups": ["finance"]}, IN_TRAY, ["group:finance"] * 2),
        ({"sub": "fay", "app_metadata": {"groups": ["finance"]}}, OUTBOX, ["group:finance"] * 2),
        (
            {"sub": "fay", "app_metadata": {"groups": ["sales"]}, "groups": ["finance"]},
            IN_TRAY,
            ["group:finance"] * 2,
        ),
        # Supabase's subject is a number; the person is known by the address
        ({"sub": "5b0f…", "email": "rita"}, DECISIONS, ["approval/1"]),
        # what a person can say of themselves counts for nothing
        ({"sub": "fay", "user_metadata": {"groups": ["finance"], "sub": "rita"}}, IN_TRAY, []),
        ({"sub": "group:finance"}, IN_TRAY, []),
        ({"sub": "timeout"}, DECISIONS, []),
        ({"sub": "Timeout"}, DECISIONS, []),
        ({"sub": "", "email": ""}, DECISIONS, []),
        ({"sub": "%"}, DECISIONS, []),
        ({"sub": ["rita"], "groups": "finance"}, IN_TRAY, []),
        ({"sub": "fay", "groups": {"finance": True}}, IN_TRAY, []),
        ({}, DECISIONS, []),
    ],
)
def test_a_person_reads_what_concerns_them(
    decided: SecuredStore, claims: dict[str, object], statement: Executable, seen: list[object]
) -> None:
    assert decided.seen(claims, statement) == seen


def test_without_a_token_nobody_reads_anything(decided: SecuredStore) -> None:
    for table in ("audit", "decisions", "notifications", "deliveries"):
        assert decided.rows("authenticated", text(f"SELECT FROM {table}")) == 0
        assert not decided.may("anon", text(f"SELECT FROM {table}"))


def test_a_person_who_is_nobodys_requester_reads_no_approval_by_its_number(decided: SecuredStore) -> None:
    everything = select(decisions.c.approval_id).where(
        decisions.c.approval_id.in_(["approval/1", "approval/2"])
    )
    assert decided.seen({"sub": "olga"}, everything) == ["approval/2"]


def test_the_service_role_and_the_owner_read_everything(decided: SecuredStore) -> None:
    for role in ("service_role", "durable_worker"):
        assert decided.rows(role, text("SELECT FROM decisions")) == 2
        assert decided.rows(role, text("SELECT FROM notifications")) == 6
        assert decided.rows(role, text("SELECT FROM audit")) == 5
    with decided.owner.begin() as connection:
        assert len(connection.execute(DECISIONS).all()) == 2
