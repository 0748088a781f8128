"""What the workers hold, on disk: the next supervisor releases it when this one died with its workers.

One file a supervisor, in lines of JSON, each written before the worker gets the answer that it is about. It
is not synced: it must outlive the process, not the machine. It is locked as long as its supervisor lives.
"""

import errno
import fcntl
import json
import logging
import os
from pathlib import Path
from typing import Any

from temporal.recovery.held import HeldTask, Kind, Poller
from temporal.recovery.journal_lines import ends_line, poller_line, takes_line

log = logging.getLogger("temporal.recovery")

SUFFIX = ".journal"
COMPACT_BYTES = 1_000_000
"""A file is written anew, with what still counts, once it is so many bytes longer than twice that."""


ENCODER = json.JSONEncoder(separators=(",", ":"))


class Journal:
    """The journal of this supervisor.

    Args:
        folder: Where supervisors keep their files; made if it is missing, for its user alone.
        name: This supervisor's, which no other has.

    Raises:
        OSError: The folder or the file cannot be made.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{name}{SUFFIX}"
        self._workers: dict[int, WorkerJournal] = {}
        self._failed, self._written, self._limit = False, 0, COMPACT_BYTES
        self._file = self._new_file()

    def worker(self, pid: int, started: float) -> "WorkerJournal":
        """Begins the record of a worker process.

        Args:
            pid: The process, which leads its group.
            started: When it started, in seconds since the epoch.
        """
        number = max(self._workers, default=0) + 1
        made = WorkerJournal(self, number, {"worker": number, "pid": pid, "started": started})
        self._workers[number] = made
        return made

    def forget(self, number: int) -> None:
        """Ends the record of a worker whose tasks were released."""
        del self._workers[number]
        self.write({"worker": number, "gone": True})

    def write(self, line: dict[str, Any]) -> None:
        """Appends a line that what counts now agrees with.

        A full disk costs the journal and not the work: it is said once, and made good by the next line that
        finds room.
        """
        data = ENCODER.encode(line).encode() + b"\n"
        try:
            if self._failed:
                self._renew()
                log.info("the journal is whole again")
            else:
                _write(self._file, data)
                self._written += len(data)
                if self._written > self._limit:
                    self._renew()
        except OSError as error:
            if not self._failed:
                log.warning("the journal cannot be written, so a killed supervisor loses time: %s", error)
            self._failed = True

    def close(self) -> None:
        """Removes the file, unless something in it is not released: then it is for the next supervisor."""
        if not any(worker.counts for worker in self._workers.values()):
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _renew(self) -> None:
        old, self._file = self._file, self._new_file()
        os.close(old)  # only now: a moment without the lock would look like a dead supervisor

    def _new_file(self) -> int:
        """Puts a file with what counts in the journal's place; nobody sees it without its lock."""
        fresh = self._path.with_suffix(".fresh")
        file = locked_file(fresh, os.O_CREAT | os.O_TRUNC)
        lines = [line for worker in self._workers.values() for line in worker.lines()]
        data = b"".join(ENCODER.encode(line).encode() + b"\n" for line in lines)
        try:
            _write(file, data)
            fresh.replace(self._path)
        except OSError:
            os.close(file)
            fresh.unlink(missing_ok=True)
            raise
        self._failed, self._written, self._limit = False, len(data), COMPACT_BYTES + 2 * len(data)
        return file


class WorkerJournal:
    """The record of one worker process.

    Args:
        journal: Where it is written.
        number: The worker's within the journal.
        head: The line that begins it.
    """

    def __init__(self, journal: Journal, number: int, head: dict[str, Any]) -> None:
        self._journal = journal
        self._number = number
        self._head = [head]
        self._held: dict[bytes, dict[str, Any]] = {}
        journal.write(head)

    def polls(self, poller: Poller) -> None:
        """Notes a worker instance, once it is new or its sticky queue is."""
        self._head.append(poller_line(self._number, poller))
        self._journal.write(self._head[-1])

    def takes(self, task: HeldTask) -> None:
        """Notes a task, or what is new about it; not a query, which would come too late anyway."""
        if task.kind is not Kind.QUERY:
            self._held[task.token] = takes_line(self._number, task)
            self._journal.write(self._held[task.token])

    def ends(self, token: bytes) -> None:
        """Notes that a task is no longer held."""
        if self._held.pop(token, None):
            self._journal.write(ends_line(self._number, token))

    def gone(self) -> None:
        """Notes that the worker is dead and what it held is released."""
        self._journal.forget(self._number)

    @property
    def counts(self) -> bool:
        """Whether there is a worker instance or a task that is not released."""
        return bool(self._held) or len(self._head) > 1

    def lines(self) -> list[dict[str, Any]]:
        """Returns what still counts."""
        return [*self._head, *self._held.values()]


def locked_file(path: Path, flags: int) -> int:
    """Opens a file for appending, for its user alone, and locks it.

    Returns:
        The file descriptor; the lock ends with it.

    Raises:
        BlockingIOError: Another process holds the lock: it lives.
        OSError: The file cannot be opened.
    """
    file = os.open(path, os.O_RDWR | os.O_APPEND | flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


def _write(file: int, data: bytes) -> None:
    """Writes all of `data`.

    Raises:
        OSError: There is no room for all of it.
    """
    if os.write(file, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
