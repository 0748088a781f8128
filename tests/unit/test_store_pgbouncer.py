"""The whole store through PgBouncer in transaction mode: many clients share two server connections."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, make_url, select, text

from temporal.config import StoreSettings
from temporal.messages.decision import Outcome, RecordDecisionInput, Vote
from temporal.messages.delivery import Notification, Receipt
from temporal.store.audit import audit_of, record_refusal
from temporal.store.contract import Writes
from temporal.store.effects import EffectRecord
from temporal.store.errors import EffectConflict
from temporal.store.prepare import HEAD, migrate, prepare_store, revision_of
from temporal.store.schema import decisions, deliveries
from temporal.store.targets import DeliveryState, TargetName
from tests.pgbouncer import pgbouncer
from tests.store_steps import Step, a_call, opened, stored_steps

pytest_plugins = ["tests.store_fixtures"]
pytestmark = pytest.mark.postgres

SERVERS = 2
CLIENTS = 12
TARGET = TargetName(name="json-0123456789ab", scheme="json")


@pytest.fixture
def pooled(postgres_settings: StoreSettings) -> Iterator[StoreSettings]:
    """An empty database by way of the pooler."""
    with pgbouncer(make_url(postgres_settings.database_url), SERVERS) as url:
        yield replace(postgres_settings, database_url=url.render_as_string(hide_password=False))


@pytest.fixture
def pooled_store(pooled: StoreSettings) -> Iterator[Engine]:
    """A store that was migrated by way of the pooler."""
    with opened(pooled) as store:
        migrate(store)
        yield store


def decide(store: Engine, approval_id: str, by: str) -> str:
    """Records a decision with its notification; returns who decided."""
    vote = Vote(decision_id=f"d-{by}", approver=by, outcome=Outcome.APPROVED)
    decision = RecordDecisionInput(
        approval_id=approval_id,
        title="t",
        requester="rita",
        outcome=Outcome.APPROVED,
        decided_by=by,
        votes=[vote],
    )
    call = a_call(approval_id)

    def apply(writes: Writes) -> Receipt:
        writes.notification(Notification(recipient="rita", subject="s", body="b"), [TARGET])
        return Receipt(effect_key=call.key, row=writes.decision(decision))

    EffectRecord(store, "worker").once(call, decision, Receipt, apply)
    return by


def test_the_clients_share_the_server_connections(pooled_store: Engine) -> None:
    with ExitStack() as opened_ones:
        clients = [opened_ones.enter_context(pooled_store.connect()) for _ in range(2 * SERVERS)]
        places = set()
        for client in clients:
            places.add(client.scalar(text("SELECT pg_backend_pid()")))
            client.commit()  # gives the server connection back
    assert len(places) <= SERVERS


def test_the_schema_is_migrated_and_found(pooled: StoreSettings) -> None:
    with opened(pooled) as store:
        migrate(store)
        prepare_store(store)
        assert revision_of(store) == HEAD


def test_clients_that_apply_effects_at_once_apply_each_once(
    pooled: StoreSettings, pooled_store: Engine
) -> None:
    def client(number: int) -> list[str]:
        with opened(pooled) as store:
            return [Step(f"{number}", call=a_call(f"run/{key}")).run(store).output for key in range(10)]

    with ThreadPoolExecutor(CLIENTS) as threads:
        outputs = list(threads.map(client, range(CLIENTS)))
    assert outputs == [outputs[0]] * CLIENTS
    assert [output for _, output in stored_steps(pooled_store)] == outputs[0]


def test_decisions_audit_and_outbox_commit_together_and_once(
    pooled: StoreSettings, pooled_store: Engine
) -> None:
    def client(number: int) -> str:
        with opened(pooled) as store:
            try:
                return decide(store, "approval/1", f"approver-{number}")
            except EffectConflict:
                return ""

    with ThreadPoolExecutor(CLIENTS) as threads:
        [winner] = filter(None, threads.map(client, range(CLIENTS)))
    assert [(entry.kind, entry.who) for entry in audit_of(pooled_store, "approval/1")] == [
        ("vote", winner),
        ("outcome", winner),
    ]
    with pooled_store.begin() as connection:
        assert list(connection.scalars(select(decisions.c.decided_by))) == [winner]
        assert connection.scalar(select(func.count()).select_from(deliveries)) == 1


def test_refusals_and_receipts_are_stored(pooled_store: Engine) -> None:
    def refuse(number: int) -> None:
        record_refusal(
            pooled_store,
            approval_id="approval/1",
            workflow_id="w",
            who=f"eve-{number}",
            what="NotAllowed",
            why="no",
            channel="api",
        )

    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(refuse, range(30)))
    refused = {entry.who for entry in audit_of(pooled_store, "approval/1")}
    assert refused == {f"eve-{number}" for number in range(30)}
    outbox = EffectRecord(pooled_store, "worker").outbox
    message = Notification(recipient="rita", subject="s", body="b")
    assert outbox.begin("run/1", message, [TARGET]) == [TARGET.name]
    outbox.end("run/1", TARGET.name, DeliveryState.DELIVERED, "taken")
    assert outbox.begin("run/1", message, [TARGET]) == []
