"""What the measured workers note while they work: who ran what, and when.

The server's history does not tell who held a workflow: a task that a dead worker's poll brought to a living
worker carries the dead one's identity. So every worker appends a line to one file for each thing it takes up.
What was noted survives the SIGKILL, because the kernel has it.
"""

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a line tells: a worker is up; it runs a workflow's task; it begins, or has ended, an activity."""

    UP = "up"
    TASK = "task"
    BEGIN = "begin"
    END = "end"


@dataclass(frozen=True)
class Note:
    """One line: when (seconds since the epoch), which process, what, for which workflow."""

    at: float
    pid: int
    kind: Kind
    workflow_id: str = ""


_file: list[int] = []


def open_notes(path: Path) -> None:
    """Lets this process write its notes to `path`, which other workers write to as well."""
    _file[:] = [os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)]


def add_note(kind: Kind, workflow_id: str = "") -> None:
    """Appends a line; one write of less than a page, so that lines of several processes do not mix."""
    os.write(_file[0], f"{time.time():.6f} {os.getpid()} {kind} {workflow_id}\n".encode())


class NoteReader:
    """The notes of all workers of a fleet; each `read` takes only what is new.

    Args:
        path: The file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._notes: list[Note] = []

    def read(self) -> list[Note]:
        """Returns all notes so far, in the order in which they were written."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # on its way; it is read whole the next time
                    self._offset += len(line)
                    self._notes.append(_note(line.decode()))
        return self._notes


def _note(line: str) -> Note:
    at, pid, kind, workflow_id = line[:-1].split(" ", 3)
    return Note(float(at), int(pid), Kind(kind), workflow_id)


@dataclass(frozen=True)
class Held:
    """What one process held at a moment, by its own notes.

    Attributes:
        cached: Workflows whose latest task it ran: in its memory and, if they have not ended, on its sticky
            queue.
        working: Workflows of which it had begun an activity and not ended it.
    """

    cached: frozenset[str]
    working: frozenset[str]

    @property
    def workflows(self) -> frozenset[str]:
        """Both."""
        return self.cached | self.working


def held_by(pid: int, at: float, notes: list[Note]) -> Held:
    """Returns what process `pid` held at `at`, in seconds since the epoch."""
    latest: dict[str, int] = {}
    begun: defaultdict[str, int] = defaultdict(int)
    for note in notes:
        if note.at > at:
            continue
        if note.kind is Kind.TASK:
            latest[note.workflow_id] = note.pid
        if note.pid == pid and note.kind in (Kind.BEGIN, Kind.END):
            begun[note.workflow_id] += 1 if note.kind is Kind.BEGIN else -1
    return Held(
        cached=frozenset(workflow_id for workflow_id, owner in latest.items() if owner == pid),
        working=frozenset(workflow_id for workflow_id, count in begun.items() if count > 0),
    )
