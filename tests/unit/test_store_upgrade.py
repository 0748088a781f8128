"""A store of an earlier revision that holds data: it is migrated with all that it holds."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from temporal.config import StoreSettings
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Notification, Receipt
from temporal.store import schema
from temporal.store.audit import audit_of
from temporal.store.contract import Writes
from temporal.store.effects import EffectRecord
from temporal.store.migrations.upgrade import upgrade
from temporal.store.prepare import HEAD, migrate, revision_of
from tests.store_steps import a_call, opened

pytest_plugins = ["tests.store_fixtures"]

OLD_ROWS = """
    INSERT INTO effects
        (key, workflow_id, run_id, activity, digest, result, attempt, worker_identity, created_at)
        VALUES ('run/1', 'w', 'run', 'send_notification', 'v1:d', '{}', 1, 'old',
            '2026-01-02 03:04:05.000000+00:00');
    INSERT INTO notifications (effect_key, workflow_id, recipient, subject, body, at)
        VALUES ('run/1', 'w', 'rita', 's', 'b', '2026-01-02 03:04:05.000000+00:00');
    INSERT INTO decisions
        (approval_id, workflow_id, title, requester, outcome, decided_by, comment, decided_at, recorded_at)
        VALUES ('approval/1', 'w', 't', 'rita', 'approved', 'ana', 'fine',
            '2026-01-02 03:04:05.000000+00:00', '2026-01-02 03:04:05.000000+00:00')
"""


def store_at_0001(store: Engine) -> None:
    with store.begin() as connection:
        upgrade(connection, "0001")
        for row in OLD_ROWS.split(";"):
            connection.exec_driver_sql(row)
    assert revision_of(store) == "0001"


def test_a_store_at_0001_keeps_what_it_holds_and_takes_what_is_new(store_settings: StoreSettings) -> None:
    with opened(store_settings) as store:
        store_at_0001(store)
        migrate(store)
        assert revision_of(store) == HEAD
        with store.begin() as connection:
            [decision] = connection.execute(select(schema.decisions)).all()
            [notification] = connection.execute(select(schema.notifications)).all()
            effects = list(connection.scalars(select(schema.effects.c.key)))
        assert (decision.approval_id, decision.outcome, decision.decided_by) == (
            "approval/1",
            "approved",
            "ana",
        )
        assert decision.decided_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (notification.recipient, notification.kind, notification.approval_id) == (
            "rita",
            "outcome",
            "",
        )
        assert effects == ["run/1"]
        decide(store, "approval/2")
        assert [entry.who for entry in audit_of(store, "approval/2")] == ["bob"]


def decide(store: Engine, approval_id: str) -> None:
    call = a_call(approval_id)
    decision = RecordDecisionInput(
        approval_id=approval_id, title="t", requester="r", outcome=Outcome.REJECTED, decided_by="bob"
    )

    def apply(writes: Writes) -> Receipt:
        writes.notification(Notification(recipient="r", subject="s", body="b", kind="reminder"))
        return Receipt(effect_key=call.key, row=writes.decision(decision))

    EffectRecord(store, "worker").once(call, decision, Receipt, apply)


def test_the_command_brings_a_store_at_0001_to_this_version(store_settings: StoreSettings) -> None:
    with opened(store_settings) as store:
        store_at_0001(store)
    variables = os.environ | {"DATABASE_URL": store_settings.database_url, "STORE_TIMEOUT_SECONDS": "20"}
    command = [sys.executable, "-m", "temporal.store", "migrate", "--json"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["before"], found["revision"]) == ("0001", HEAD)


def test_a_decision_of_an_earlier_revision_is_append_only_too(store_settings: StoreSettings) -> None:
    with opened(store_settings) as store:
        store_at_0001(store)
        migrate(store)
        with pytest.raises(IntegrityError, match="append-only"), store.begin() as connection:
            connection.execute(text("UPDATE decisions SET outcome = 'rejected'"))
