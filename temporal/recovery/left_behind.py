"""What dead supervisors left behind: their journals name the workers they had and the tasks those held."""

import json
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from google.protobuf.message import DecodeError

from temporal.recovery.held import Ledger, Poller
from temporal.recovery.journal import SUFFIX, locked_file
from temporal.recovery.journal_lines import taken, token
from temporal.recovery.worker_group import started_at

log = logging.getLogger("temporal.recovery")

SAME_START_SECONDS = 0.05
"""Two looks at one process's start may differ by so much, in seconds: the kernel counts in hundredths."""


class LeftBehind:
    """The journal of a dead supervisor, locked, so that no other supervisor releases it too.

    Args:
        path: The file.
        file: Its descriptor.

    Attributes:
        ledgers: What each of its workers held.
    """

    def __init__(self, path: Path, file: int) -> None:
        self._path = path
        self._file = file
        self.ledgers, self._processes = _read(path)

    def kill_survivors(self) -> None:
        """Ends what outlived its supervisor: a wrapper's child, or any worker without a parent-death signal.

        A group counts as the one in the journal unless its leader is a process that started at another moment
        or in another container: while a group lives, no other process gets its leader's number.
        """
        for pid, started in self._processes:
            with suppress(ProcessLookupError):
                if abs(started_at(pid) - started) > SAME_START_SECONDS:
                    continue
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
                log.info("process group %d outlived its supervisor: killed", pid)

    def done(self) -> None:
        """Removes the dead supervisor's files: everything in its journal is released."""
        for file in self._path.parent.glob(f"{self._path.stem}.*"):
            file.unlink(missing_ok=True)
        os.close(self._file)


def left_behind(folder: Path, but: str = "") -> Iterator[LeftBehind]:
    """Yields the journals in a folder whose supervisors are dead.

    Args:
        folder: Where supervisors keep their files.
        but: The name of one that lives: this one.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path.stem == but:
            continue
        try:
            file = locked_file(path, 0)
        except OSError:  # its supervisor lives, or another one was quicker
            continue
        if _is(file, path):
            yield LeftBehind(path, file)
        else:  # removed, or written anew, by its supervisor between the two calls
            os.close(file)


def _is(file: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False


def _read(path: Path) -> tuple[list[Ledger], list[tuple[int, float]]]:
    ledgers: dict[int, Ledger] = {}
    processes: dict[int, tuple[int, float]] = {}
    for text in path.read_text(errors="replace").splitlines():
        try:
            line = json.loads(text)
            number = int(line["worker"])
            ledger = ledgers.setdefault(number, Ledger())
            if line.get("pid"):
                processes[number] = (int(line["pid"]), float(line["started"]))
            elif "poller" in line:
                ledger.saw_poll(Poller(*line["poller"]))
            elif "takes" in line:
                ledger.take(taken(line["takes"]))
            elif "ends" in line:
                ledger.end(token(line["ends"]))
            elif "gone" in line:
                ledgers.pop(number, None)
                processes.pop(number, None)
        except (KeyError, ValueError, TypeError, DecodeError):
            log.warning("%s: a line that cannot be read", path.name)  # the last one, cut off by the death
    return list(ledgers.values()), list(processes.values())
