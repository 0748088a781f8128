"""Pruning the effect record: only what is old and bound to a run goes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, event, func, insert, select, update

from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Receipt
from temporal.store.contract import Writes
from temporal.store.effects import EffectRecord
from temporal.store.prune import BATCH_ROWS, prune
from temporal.store.schema import decisions, effects
from tests.store_steps import Step, a_call, stored_keys, stored_steps

pytest_plugins = ["tests.store_fixtures"]

WEEK = timedelta(days=7)


def test_only_effects_older_than_asked_are_deleted(store: Engine) -> None:
    for key in ("run/1", "run/2", "run/3"):
        Step(key, call=a_call(key)).run(store)
    _age(store, "run/1", WEEK + timedelta(hours=1))
    _age(store, "run/2", WEEK - timedelta(hours=1))
    assert prune(store, WEEK) == 1
    assert stored_keys(store) == ["run/2", "run/3"]


def test_what_a_pruned_effect_did_stays(store: Engine) -> None:
    Step("output").run(store)
    assert prune(store, timedelta(0)) == 1
    assert stored_steps(store) == [("run/1", "output")]


def test_a_pruned_effect_can_happen_again(store: Engine) -> None:
    Step("first").run(store)
    prune(store, timedelta(0))
    assert Step("second", call=a_call(attempt=2)).run(store).output == "second"


def test_an_effect_under_a_business_key_stays_however_old(store: Engine) -> None:
    keys = ["approval", "run", "running/1", "other-run/1", "%/1"]
    for key in keys:
        Step(call=a_call(key)).run(store)
        _age(store, key, 1000 * WEEK)
    assert prune(store, timedelta(0)) == 0
    assert stored_keys(store) == sorted(keys)


def test_a_decision_stays_and_its_retry_gets_the_stored_receipt(store: Engine) -> None:
    decision = RecordDecisionInput(
        approval_id="approval", title="t", requester="r", outcome=Outcome.APPROVED, decided_by="ann"
    )
    call = a_call("approval")

    def record() -> Receipt:
        def apply(writes: Writes) -> Receipt:
            return Receipt(effect_key=call.key, row=writes.decision(decision))

        return EffectRecord(store, "worker").once(call, decision, Receipt, apply)

    first = record()
    _age(store, "approval", 1000 * WEEK)
    prune(store, timedelta(0))
    assert record() == first
    with store.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(decisions)) == 1


def test_more_rows_than_a_batch_are_all_deleted_in_several_transactions(store: Engine) -> None:
    Step().run(store)
    with store.begin() as connection:
        row = connection.execute(select(effects)).one()._asdict()
        connection.execute(
            insert(effects), [row | {"key": f"run/many-{number}"} for number in range(2 * BATCH_ROWS)]
        )
    left: list[int] = []
    event.listen(store, "commit", lambda connection: left.append(_rows(connection)))
    assert prune(store, timedelta(0)) == 2 * BATCH_ROWS + 1
    assert left == [BATCH_ROWS + 1, 1, 0]


def _rows(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(effects)).scalar_one()


def _age(store: Engine, key: str, age: timedelta) -> None:
    with store.begin() as connection:
        connection.execute(
            update(effects).where(effects.c.key == key).values(created_at=datetime.now(UTC) - age)
        )
