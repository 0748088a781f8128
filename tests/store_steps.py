"""The effect that the store's tests apply: a step, stored in the table `steps`.

As a program it is another process that applies effects: `python -m tests.store_steps URL KEYS` prepares
the store, prints `ready`, waits for a name, applies the steps 0 to KEYS-1, prints their outputs as JSON.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select

from temporal.config import StoreSettings
from temporal.messages.work import StepInput, StepResult
from temporal.store.contract import EffectCall, Writes
from temporal.store.database import open_store
from temporal.store.effects import EffectRecord
from temporal.store.prepare import prepare_store
from temporal.store.schema import effects, steps


def a_call(key: str = "run/1", attempt: int = 1) -> EffectCall:
    """A call of `process_step` under `key`."""
    return EffectCall(key=key, workflow_id="workflow", run_id="run", activity="process_step", attempt=attempt)


class Step:
    """One attempt of a step whose output is `output`; `applied` tells whether this attempt did it."""

    def __init__(
        self, output: str = "output", *, call: EffectCall | None = None, subject: str = "tea"
    ) -> None:
        self.output = output
        self.call = call or a_call()
        self.input = StepInput(step="brew", subject=subject)
        self.applied = False

    def run(self, store: Engine, worker: str = "worker") -> StepResult:
        """Calls the effect record as an activity does."""
        return EffectRecord(store, worker).once(self.call, self.input, StepResult, self.apply)

    def apply(self, writes: Writes) -> StepResult:
        """Stores the step."""
        self.applied = True
        writes.step(self.input.step, self.output)
        return StepResult(step=self.input.step, output=self.output, effect_key=self.call.key)


def stored_steps(store: Engine) -> list[tuple[str, str]]:
    """Key and output of every step that happened, in order of the keys."""
    with store.begin() as connection:
        rows = connection.execute(select(steps.c.effect_key, steps.c.output).order_by(steps.c.effect_key))
        return [(row.effect_key, row.output) for row in rows]


def stored_keys(store: Engine) -> list[str]:
    """The keys in the effect record, in order."""
    with store.begin() as connection:
        return list(connection.scalars(select(effects.c.key).order_by(effects.c.key)))


@contextmanager
def opened(settings: StoreSettings) -> Iterator[Engine]:
    """Opens a store as another process would, with connections of its own."""
    engine = open_store(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def main(database_url: str, keys: int) -> None:
    """Applies the steps as a process of its own; each output tells which process did it."""
    with opened(StoreSettings(database_url=database_url, timeout=20)) as store:
        prepare_store(store)
        print("ready", flush=True)
        name = sys.stdin.readline().strip()
        attempts = (Step(f"{name}-{number}", call=a_call(f"run/{number:04}")) for number in range(keys))
        print(json.dumps([attempt.run(store).output for attempt in attempts]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
