"""Who may do what in PostgreSQL: Supabase's public roles nothing, a worker what it must and no more."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Notification
from temporal.messages.work import StepResult
from temporal.store.audit import audit_of
from temporal.store.contract import Writes
from temporal.store.deliveries import DatabaseOutbox
from temporal.store.prepare import prepare_store
from temporal.store.prune import prune
from temporal.store.schema import metadata
from temporal.store.targets import DeliveryState, TargetName
from tests.store_access import PUBLIC_ROLES, SERVICE_ROLE, WORKER_ROLE, SecuredStore, changes
from tests.store_steps import Step, a_call, opened, stored_keys, stored_steps

pytest_plugins = ["tests.store_fixtures", "tests.store_roles"]
pytestmark = pytest.mark.postgres

NUMBERED = ["steps", "events", "notifications", "decisions", "audit", "deliveries"]
TABLES = ["effects", *NUMBERED, "alembic_version"]
APPEND_ONLY = ["decisions", "audit"]
READABLE = ["notifications", "decisions", "audit", "deliveries"]
"""What a signed-in person may ask for; row-level security answers."""

MESSAGE = Notification(recipient="r", subject="s", body="b")
TARGET = TargetName(name="json-0123456789ab", scheme="json")


def test_the_tables_of_these_tests_are_all_there_are() -> None:
    assert {*TABLES} == {*metadata.tables, "alembic_version"}


def test_the_public_roles_read_and_write_nothing(secured: SecuredStore) -> None:
    statements = [statement for table in TABLES for statement in changes(table).values()]
    statements += [text(f"SELECT FROM {table}") for table in TABLES if table not in READABLE]
    statements += [text(f"SELECT nextval('{table}_id_seq')") for table in NUMBERED]
    statements += [text(f"SELECT setval('{table}_id_seq', 1)") for table in NUMBERED]
    allowed = [(role, str(one)) for role in PUBLIC_ROLES for one in statements if secured.may(role, one)]
    assert allowed == []
    assert not any(secured.may("anon", text(f"SELECT FROM {table}")) for table in READABLE)


def test_the_service_role_reads_everything_and_writes_nothing(secured: SecuredStore) -> None:
    Step("kept").run(secured.owner)
    for table in TABLES:
        assert secured.may(SERVICE_ROLE, text(f"SELECT FROM {table}"))
        allowed = [name for name, one in changes(table).items() if secured.may(SERVICE_ROLE, one)]
        assert allowed == [], table
    assert secured.rows(SERVICE_ROLE, text("SELECT FROM steps")) == 1  # it passes by every policy
    for table in NUMBERED:
        assert not secured.may(SERVICE_ROLE, text(f"SELECT nextval('{table}_id_seq')"))


def test_the_public_roles_meet_no_row_even_with_every_privilege(secured: SecuredStore) -> None:
    Step("kept").run(secured.owner)
    with secured.owner.begin() as connection:
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO anon, authenticated"))
    for role in PUBLIC_ROLES:
        for table in TABLES:
            assert secured.rows(role, text(f"SELECT FROM {table}")) == 0
            for change in ("UPDATE", "DELETE"):
                if table in APPEND_ONLY:
                    with pytest.raises(IntegrityError, match="append-only"):
                        secured.rows(role, changes(table)[change])
                else:
                    assert secured.rows(role, changes(table)[change]) == 0
            assert not secured.may(role, changes(table)["INSERT"])
    assert stored_steps(secured.owner) == [("run/1", "kept")]


def test_a_worker_can_do_what_it_must(secured: SecuredStore) -> None:
    decision = RecordDecisionInput(
        approval_id="approval", title="t", requester="r", outcome=Outcome.APPROVED, decided_by="ann"
    )

    class Everything(Step):
        def apply(self, writes: Writes) -> StepResult:
            writes.event("kind", "message")
            writes.notification(MESSAGE, [TARGET])
            writes.decision(decision)
            return super().apply(writes)

    with opened(secured.worker) as store:
        prepare_store(store)
        outbox = DatabaseOutbox(store)
        first = Everything("first").run(store)
        assert Everything("retry", call=a_call(attempt=2)).run(store) == first
        assert stored_steps(store) == [("run/1", "first")]
        assert [entry.who for entry in audit_of(store, "approval")] == ["ann"]
        assert outbox.begin("run/1", MESSAGE, [TARGET]) == [TARGET.name]
        outbox.end("run/1", TARGET.name, DeliveryState.DELIVERED, "taken")
        assert outbox.begin("run/1", MESSAGE, [TARGET]) == []
        assert prune(store, timedelta(0)) == 1
        assert stored_keys(store) == []


def test_a_worker_can_do_no_more(secured: SecuredStore) -> None:
    Step().run(secured.owner)
    needed = {
        "effects": {"INSERT", "UPDATE", "DELETE"},
        "deliveries": {"INSERT", "UPDATE"},
        "alembic_version": set[str](),
    }
    for table in TABLES:
        allowed = {name for name, change in changes(table).items() if secured.may(WORKER_ROLE, change)}
        assert allowed == needed.get(table, {"INSERT"}), table
        assert secured.may(WORKER_ROLE, text(f"SELECT FROM {table}"))
        for forbidden in (f"DROP TABLE {table}", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"):
            assert not secured.may(WORKER_ROLE, text(forbidden))
