"""Moments within a worker that only the worker itself can hit: armed by the harness, struck by the worker.

The harness puts a file into a folder; the first worker that gets to that moment of that workflow takes the
file away, writes down what it is about to do, and sends itself the signal. No worker of production has it.
"""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FOLDER_VARIABLE = "CHAOS_POINTS"
"""The variable that names the folder to the chaos worker."""

WORKFLOW_TASK = "workflow-task"
"""The moment within a workflow's first task, before its first command."""


EXHAUST = 0
"""In place of a signal: to take memory until the kernel kills."""

MOST_BYTES, PIECE_BYTES = 1 << 30, 4 << 20
"""So much is taken at most, in bytes, in pieces: a group that does not limit it must not cost the machine."""


@dataclass(frozen=True, kw_only=True)
class Struck:
    """What a worker wrote down before it sent itself the signal.

    Attributes:
        moment: `ACTIVITY:before-effect`, `:after-effect` or `:draining`, or WORKFLOW_TASK.
        workflow_id: The workflow.
        pid: The process.
        at: When, in ISO 8601 (UTC).
        attempt: The activity's attempt; 0 in a workflow task.
        activity_id: The activity's id in its run.
        run_id: The workflow's run: one that continues as new uses activity ids again.
    """

    moment: str
    workflow_id: str
    pid: int
    at: str
    attempt: int = 0
    activity_id: str = ""
    run_id: str = ""

    @property
    def time(self) -> datetime:
        """When it struck (UTC)."""
        return datetime.fromisoformat(self.at)


class Armed:
    """One moment of one workflow, armed once; for the harness.

    Args:
        folder: Where the workers look.
        moment: The moment.
        workflow_id: The workflow.
        number: The signal that the worker sends itself, or EXHAUST.
    """

    def __init__(self, folder: Path, moment: str, workflow_id: str, number: int) -> None:
        self._name = folder / uuid.uuid4().hex
        wanted = {"moment": moment, "workflow_id": workflow_id, "signal": number}
        written = self._name.with_suffix(".new")
        written.write_text(json.dumps(wanted))
        written.rename(self._name.with_suffix(".armed"))

    @property
    def struck(self) -> Struck | None:
        """What the worker wrote down; None while nothing has got there."""
        with suppress(FileNotFoundError):
            return Struck(**json.loads(self._name.with_suffix(".struck").read_text()))
        return None

    @property
    def resumed(self) -> bool:
        """Whether the process went on after its signal: it was stopped and continued."""
        return self._name.with_suffix(".resumed").exists()


def strike(
    folder: Path, moment: str, workflow_id: str, attempt: int = 0, activity_id: str = "", run_id: str = ""
) -> None:
    """Sends this process the signal if the moment is armed for the workflow; for the worker."""
    for armed in folder.glob("*.armed"):
        try:
            wanted = json.loads(armed.read_text())
            if (wanted["moment"], wanted["workflow_id"]) != (moment, workflow_id):
                continue
            armed.rename(armed.with_suffix(".taken"))  # lets one of several workers through
        except FileNotFoundError:
            continue
        struck = Struck(
            moment=moment,
            workflow_id=workflow_id,
            pid=os.getpid(),
            at=datetime.now(UTC).isoformat(),
            attempt=attempt,
            activity_id=activity_id,
            run_id=run_id,
        )
        written = armed.with_suffix(".new")
        written.write_text(json.dumps(asdict(struck)))
        written.rename(armed.with_suffix(".struck"))
        if wanted["signal"] == EXHAUST:
            _exhaust_memory()
        os.kill(os.getpid(), wanted["signal"])
        armed.with_suffix(".resumed").touch()
        return


def _exhaust_memory() -> None:
    taken = [b"x" * PIECE_BYTES for _ in range(MOST_BYTES // PIECE_BYTES)]
    raise MemoryError(f"{len(taken) * PIECE_BYTES} bytes were given without a limit")
