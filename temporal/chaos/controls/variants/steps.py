"""Steps whose effects are not safe: without a key, outside the transaction, or retried without need."""

import hashlib
import uuid
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine
from temporalio import activity

from temporal.activities.effect_call import current_call
from temporal.chaos.controls.variants.dying import die_once
from temporal.messages.work import StepInput, StepResult
from temporal.store.contract import EffectCall, Writes
from temporal.store.effects import EffectRecord
from temporal.store.writes import DatabaseWrites


class UnkeyedSteps:
    """Stores a step and asks no record whether it is there already: a retry stores it again."""

    def __init__(self, store: Engine, folder: Path) -> None:
        self._store, self._folder = store, folder

    @activity.defn
    def process_step(self, step: StepInput) -> StepResult:
        """Does a step; the first one dies between its effect and its acknowledgement."""
        call = replace(current_call(), key=f"no-key/{uuid.uuid4()}")
        _write(self._store, call, step)
        die_once(self._folder)
        return _result(call, step)


class LateSteps:
    """Takes the key first and stores the step afterwards, in a transaction of its own."""

    def __init__(self, store: Engine, folder: Path) -> None:
        self._store, self._folder = store, folder

    @activity.defn
    def process_step(self, step: StepInput) -> StepResult:
        """Does a step; the first one dies between the key and the effect, which no retry makes up for."""
        call, mine = current_call(), []

        def apply(writes: Writes) -> StepResult:
            mine.append(call)
            return _result(call, step)

        result = EffectRecord(self._store, "control").once(call, step, StepResult, apply)
        if mine:
            die_once(self._folder)
            _write(self._store, call, step)
        return result


class RestlessSteps:
    """Fails twice before it does its work, though nothing is wrong."""

    def __init__(self, store: Engine) -> None:
        self._record = EffectRecord(store, "control")

    @activity.defn
    def process_step(self, step: StepInput) -> StepResult:
        """Does a step at its third attempt.

        Raises:
            RuntimeError: At the first two.
        """
        call = current_call()
        if call.attempt < 3:
            raise RuntimeError("not yet")

        def apply(writes: Writes) -> StepResult:
            result = _result(call, step)
            writes.step(result.step, result.output)
            return result

        return self._record.once(call, step, StepResult, apply)


def _write(store: Engine, call: EffectCall, step: StepInput) -> None:
    with store.begin() as connection:
        DatabaseWrites(connection, call).step(step.step, _result(call, step).output)


def _result(call: EffectCall, step: StepInput) -> StepResult:
    output = hashlib.sha256(f"{step.subject}/{step.step}".encode()).hexdigest()
    return StepResult(step=step.step, output=output, effect_key=call.key)
