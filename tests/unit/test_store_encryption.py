"""Stored results with payload encryption on: who can read them, and that a row's result is that row's."""

import pytest
from sqlalchemy import Engine, select, update

from temporal.encryption.errors import UnreadableError
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import Keyring
from temporal.messages.work import StepResult
from temporal.store.effects import EffectRecord
from temporal.store.schema import effects
from tests.store_steps import Step, a_call, stored_steps

pytest_plugins = ["tests.store_fixtures"]

OLD, NEW = new_key("old"), new_key("new")
WORD = "canary-output"


def run(store: Engine, step: Step, keyring: Keyring | None) -> StepResult:
    return EffectRecord(store, "worker", keyring).once(step.call, step.input, StepResult, step.apply)


def stored_result(store: Engine, key: str) -> str:
    with store.begin() as connection:
        return str(connection.scalar(select(effects.c.result).where(effects.c.key == key)))


def test_a_stored_result_names_its_key_and_hides_its_words(store: Engine) -> None:
    run(store, Step(WORD), Keyring((NEW, OLD)))
    stored = stored_result(store, "run/1")
    assert stored.startswith("sealed:v1:new:")
    assert WORD not in stored


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Keyring((OLD,)), Keyring((OLD,))),
        (Keyring((OLD,)), Keyring((NEW, OLD))),
        (None, Keyring((NEW,))),
    ],
    ids=["the same key", "after a rotation", "after encryption was turned on"],
)
def test_a_retry_reads_what_was_stored(store: Engine, first: Keyring | None, then: Keyring) -> None:
    result = run(store, Step(WORD), first)
    assert run(store, Step("second", call=a_call(attempt=2)), then) == result
    assert stored_steps(store) == [("run/1", WORD)]


@pytest.mark.parametrize(
    ("other", "says"), [(Keyring((NEW,)), "only new"), (None, "no key")], ids=["another", "none"]
)
def test_a_retry_without_the_key_is_an_error_and_applies_nothing(
    store: Engine, other: Keyring | None, says: str
) -> None:
    run(store, Step(WORD), Keyring((OLD,)))
    with pytest.raises(UnreadableError, match=f"encrypted with key 'old', and this process has {says}"):
        run(store, Step("second", call=a_call(attempt=2)), other)
    assert stored_steps(store) == [("run/1", WORD)]


def test_a_result_that_was_moved_to_another_effect_is_refused(store: Engine) -> None:
    keyring = Keyring((NEW,))
    for key in ("run/1", "run/2"):
        run(store, Step(WORD, call=a_call(key)), keyring)
    moved = stored_result(store, "run/1")
    with store.begin() as connection:
        connection.execute(update(effects).where(effects.c.key == "run/2").values(result=moved))
    with pytest.raises(UnreadableError, match="'new'"):
        run(store, Step(call=a_call("run/2", attempt=2)), keyring)
