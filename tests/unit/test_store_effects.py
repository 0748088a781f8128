"""The effect record on one connection: what a retry meets."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.messages.delivery import Receipt
from temporal.messages.work import StepInput, StepResult
from temporal.store.contract import Writes
from temporal.store.digest import digest_of
from temporal.store.effects import EffectRecord
from temporal.store.errors import EffectConflict, StoreError
from temporal.store.schema import effects
from tests.store_steps import Step, a_call, stored_keys, stored_steps

pytest_plugins = ["tests.store_fixtures"]


def test_a_retry_returns_the_stored_result_and_applies_nothing(store: Engine) -> None:
    first = Step("first").run(store)
    retry = Step("second", call=a_call(attempt=2))
    assert retry.run(store) == first
    assert not retry.applied
    assert stored_steps(store) == [("run/1", "first")]


def test_other_keys_are_other_effects(store: Engine) -> None:
    Step("a", call=a_call("run/1")).run(store)
    Step("b", call=a_call("run/2")).run(store)
    assert stored_steps(store) == [("run/1", "a"), ("run/2", "b")]


def test_another_input_under_the_same_key_is_refused_with_both_digests(store: Engine) -> None:
    Step(subject="tea").run(store)
    other = Step(subject="my secret coffee")
    with pytest.raises(EffectConflict) as refusal:
        other.run(store)
    digests = re.findall(r"v1:[0-9a-f]{64}", str(refusal.value))
    assert digests == [digest_of(StepInput(step="brew", subject="tea")), digest_of(other.input)]
    assert "secret" not in str(refusal.value)
    assert not other.applied


def test_an_exception_in_the_effect_leaves_no_row_and_the_next_attempt_applies_it(store: Engine) -> None:
    class Broken(Step):
        def apply(self, writes: Writes) -> StepResult:
            super().apply(writes)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Broken().run(store)
    assert (stored_keys(store), stored_steps(store)) == ([], [])
    Step("second").run(store)
    assert stored_steps(store) == [("run/1", "second")]


def test_a_result_that_cannot_be_stored_undoes_the_effect(store: Engine) -> None:
    @dataclass
    class Unwritable:
        value: object

    def apply(writes: Writes) -> Unwritable:
        Step().apply(writes)
        return Unwritable(object())

    with pytest.raises(TypeError):
        EffectRecord(store, "worker").once(a_call(), StepInput(step="s", subject="x"), Unwritable, apply)
    assert (stored_keys(store), stored_steps(store)) == ([], [])


def test_the_row_tells_who_applied_what_and_when(store: Engine) -> None:
    Step(call=a_call("run/7", attempt=3)).run(store, worker="worker-1@host")
    with store.begin() as connection:
        row = connection.execute(select(effects)).one()
    assert (row.key, row.workflow_id, row.run_id, row.activity) == (
        "run/7",
        "workflow",
        "run",
        "process_step",
    )
    assert (row.attempt, row.worker_identity) == (3, "worker-1@host")
    assert abs(datetime.now(UTC) - row.created_at) < timedelta(minutes=10)
    assert row.created_at.utcoffset() == timedelta(0)


def test_a_result_stored_by_another_release_is_read_with_defaults(store: Engine) -> None:
    @dataclass
    class NewerResult:
        output: str
        added: int = 7

    Step("first").run(store)
    message = Step().input
    result = EffectRecord(store, "worker").once(a_call(), message, NewerResult, lambda _: NewerResult(""))
    assert result == NewerResult("first", added=7)


@pytest.mark.parametrize("text", ["{}", "no JSON", "3"])
def test_a_stored_result_that_cannot_be_read_is_an_error_that_names_the_effect(
    store: Engine, text: str
) -> None:
    Step().run(store)
    with store.begin() as connection:
        connection.execute(update(effects).values(result=text))
    with pytest.raises(StoreError, match="effect run/1: the stored result is no StepResult"):
        Step().run(store)


def test_a_second_decision_by_another_effect_is_refused_without_quoting_it(store: Engine) -> None:
    def record(key: str) -> Receipt:
        decision = RecordDecisionInput(
            approval_id="approval", title="t", requester="r", outcome=Outcome.APPROVED, decided_by="my secret"
        )
        call = a_call(key)
        return EffectRecord(store, "worker").once(
            call,
            decision,
            Receipt,
            lambda writes: Receipt(effect_key=key, row=writes.decision(decision)),
        )

    assert record("run/1") == Receipt(effect_key="run/1", row=1)
    with pytest.raises(StoreError) as refusal:
        record("run/2")
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert stored_keys(store) == ["run/1"]
