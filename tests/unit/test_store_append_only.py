"""The audit and the decisions: the database itself refuses to change what is recorded."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from temporal.config import StoreSettings
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Receipt
from temporal.store.contract import Writes
from temporal.store.effects import EffectRecord
from temporal.store.prepare import migrate
from temporal.store.schema import metadata
from tests.store_access import changes
from tests.store_steps import a_call, opened

pytest_plugins = ["tests.store_fixtures", "tests.store_roles"]

TABLES = ["audit", "decisions"]
DECISION = RecordDecisionInput(
    approval_id="approval/7", title="a laptop", requester="rita", outcome=Outcome.APPROVED, decided_by="ana"
)

ANOTHER_NUMBER = """
    INSERT OR REPLACE INTO decisions
        (id, approval_id, workflow_id, title, requester, outcome, decided_by, comment, decided_at,
        recorded_at)
    SELECT id + 1, approval_id, workflow_id, title, requester, 'rejected', decided_by, comment, decided_at,
        recorded_at FROM decisions
"""
"""The same approval's decision again, in a row of another number."""


def record(store: Engine, decision: RecordDecisionInput = DECISION) -> None:
    call = a_call(decision.approval_id)

    def apply(writes: Writes) -> Receipt:
        return Receipt(effect_key=call.key, row=writes.decision(decision))

    EffectRecord(store, "worker").once(call, decision, Receipt, apply)


def rows(store: Engine, table: str) -> list[object]:
    with store.begin() as connection:
        return list(connection.execute(select(metadata.tables[table])).all())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_what_is_recorded_cannot_be_changed(store: Engine, table: str, change: str) -> None:
    record(store)
    before = rows(store, table)
    with pytest.raises(IntegrityError, match="append-only"), store.begin() as connection:
        connection.execute(changes(table)[change])
    assert rows(store, table) == before != []


@pytest.mark.parametrize(
    "replacing",
    [
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
        "INSERT OR REPLACE INTO decisions SELECT * FROM decisions",
        ANOTHER_NUMBER,
        "UPDATE OR REPLACE audit SET id = 9",
    ],
)
def test_sqlite_replaces_no_row_by_another(sqlite_store: Engine, replacing: str) -> None:
    record(sqlite_store)
    before = [rows(sqlite_store, table) for table in TABLES]
    with pytest.raises(IntegrityError, match="append-only"), sqlite_store.begin() as connection:
        connection.exec_driver_sql(replacing)
    assert [rows(sqlite_store, table) for table in TABLES] == before


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("table", TABLES)
def test_postgresql_refuses_also_truncate_and_a_session_that_turns_triggers_off(
    postgres_store: Engine, table: str, role: str
) -> None:
    record(postgres_store)
    before = rows(postgres_store, table)
    for change in ("UPDATE", "DELETE", "TRUNCATE"):
        with postgres_store.connect() as connection:
            connection.execute(text(f"SET LOCAL session_replication_role = {role}"))
            with pytest.raises(IntegrityError, match="append-only"):
                connection.execute(changes(table)[change])
    assert rows(postgres_store, table) == before != []


@pytest.mark.postgres
def test_an_owner_who_is_no_superuser_has_no_right_to_change_it_either(
    worker_login: tuple[str, str], postgres_settings: StoreSettings
) -> None:
    name, password = worker_login
    with opened(postgres_settings) as server, server.begin() as connection:
        connection.execute(text(f"GRANT CREATE ON SCHEMA public TO {name}"))
        url = server.url.set(username=name, password=password).render_as_string(hide_password=False)
    with opened(replace(postgres_settings, database_url=url)) as store:
        migrate(store)
        record(store)
        for table in TABLES:
            for change in ("UPDATE", "DELETE", "TRUNCATE"):
                with pytest.raises(DBAPIError, match="permission denied"), store.begin() as connection:
                    connection.execute(changes(table)[change])
            assert len(rows(store, table)) == 1
