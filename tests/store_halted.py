"""A process whose attempt halts at a named point of the effect record, for a test to kill or to let go on.

`python -m tests.store_halted URL POINT TIMEOUT` prints POINT once it is there and waits for a line; then it
goes on and prints what the attempt ended with.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from temporal.config import StoreSettings
from temporal.messages.work import StepResult
from temporal.store.contract import Writes
from temporal.store.errors import StoreError
from tests.store_steps import Step, opened

IN_APPLY = "in-apply"
"""The effect is written, its transaction open."""

AFTER_COMMIT = "after-commit"
"""The transaction is committed, `once` has not returned."""


class Halted:
    """The process at its point."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def kill(self) -> None:
        """Ends it with SIGKILL and waits until it is gone."""
        self.process.kill()
        self.process.wait()

    def go_on(self) -> str:
        """Lets it finish; returns the attempt's output, or the name of what it raised."""
        return self.process.communicate("\n")[0].strip()


@contextmanager
def halted_attempt(settings: StoreSettings, point: str) -> Iterator[Halted]:
    """Starts an attempt at the step `zombie` under the key `run/1`; yields once it is at `point`."""
    command = [sys.executable, "-m", "tests.store_halted", settings.database_url, point]
    process = subprocess.Popen(
        [*command, str(settings.timeout)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == point
            yield Halted(process)
        finally:
            process.kill()


class HaltingStep(Step):
    """Halts in its effect."""

    def apply(self, writes: Writes) -> StepResult:
        """Stores the step, then halts with the transaction open."""
        result = super().apply(writes)
        _halt(IN_APPLY)
        return result


def _halt(point: str) -> None:
    print(point, flush=True)
    sys.stdin.readline()


def _attempt(store: Engine, point: str) -> str:
    if point == AFTER_COMMIT:
        event.listen(store, "checkin", lambda *_: _halt(point))  # `once` gives its connection back
        return Step("zombie").run(store).output
    return HaltingStep("zombie").run(store).output


def main(database_url: str, point: str, timeout: str) -> None:
    """Makes the attempt."""
    with opened(StoreSettings(database_url=database_url, timeout=float(timeout))) as store:
        try:
            print(_attempt(store, point))
        except StoreError as error:
            print(type(error).__name__)


if __name__ == "__main__":
    main(*sys.argv[1:])
