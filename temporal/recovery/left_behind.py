"""What dead supervisors left behind: their journals name the workers they had and the tasks those held."""

import json
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from temporal.recovery.held import Ledger, Poller
from temporal.recovery.journal import SUFFIX, locked_file
from temporal.recovery.journal_lines import taken, token

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
        """Ends workers that outlived their supervisor, as they do where there is no parent-death signal.

        A process counts as the one in the journal only if it also started at that moment: its number may be
        another's by now, or belong to another container.
        """
        for pid, started in self._processes:
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if abs(psutil.Process(pid).create_time() - started) < SAME_START_SECONDS:
                    os.killpg(pid, signal.SIGKILL)
                    log.info("process %d outlived its supervisor: killed", pid)

    def done(self) -> None:
        """Removes the file: everything in it is released."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def left_behind(folder: Path) -> Iterator[LeftBehind]:
    """Yields the journals in a folder whose supervisors are dead."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            file = locked_file(path, 0)
        except OSError:  # its supervisor lives, or another one was quicker
            continue
        if path.exists():  # not just now removed by the supervisor that had it
            yield LeftBehind(path, file)
        else:
            os.close(file)


def _read(path: Path) -> tuple[list[Ledger], list[tuple[int, float]]]:
    ledgers: dict[int, Ledger] = {}
    processes: dict[int, tuple[int, float]] = {}
    for text in path.read_text(errors="replace").splitlines():
        try:
            line = json.loads(text)
            number = int(line["worker"])
            ledger = ledgers.setdefault(number, Ledger())
            if "pid" in line:
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
        except (KeyError, ValueError, TypeError):
            log.warning("%s: a line that cannot be read", path.name)  # the last one, cut off by the death
    return list(ledgers.values()), list(processes.values())
