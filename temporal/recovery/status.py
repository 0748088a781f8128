"""What a supervisor does now, told over a local socket that only its user can open."""

import asyncio
import json
import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from temporal.recovery.death import Death
from temporal.recovery.held import HeldTask, Kind
from temporal.recovery.worker_life import WorkerLife

log = logging.getLogger("temporal.recovery")

SUFFIX = ".sock"
ANSWER_SECONDS = 2.0
"""How long to wait for a supervisor's answer, in seconds."""

State = dict[str, Any]


def state_of_worker(life: WorkerLife) -> State:
    """Returns what is known of a living worker, as JSON has it."""
    held = life.held()
    return {
        "slot": life.slot,
        "pid": life.pid,
        "since": life.since.isoformat(timespec="milliseconds"),
        "state": str(life.state),
        "held": counted(held),
        "activities": sorted(task.activity for task in held if task.kind is Kind.ACTIVITY),
    }


def state_of_death(death: Death) -> State:
    """Returns what is known of a worker's end, as JSON has it."""
    return {
        "slot": death.slot,
        "pid": death.pid,
        "at": death.at.isoformat(timespec="milliseconds"),
        "cause": death.how,
        "released": {str(kind): count for kind, count in sorted(death.released.tasks.items())},
        "release_ms": round(death.released.seconds * 1000, 1),
    }


def counted(tasks: Iterable[HeldTask]) -> dict[str, int]:
    """Returns how many tasks there are of each kind."""
    return dict(sorted(Counter(str(task.kind) for task in tasks).items()))


class StatusSocket:
    """Answers each connection with the state, then closes it.

    Args:
        folder: Where supervisors keep their files.
        name: This supervisor's.
        state: Returns what to answer.
    """

    def __init__(self, folder: Path, name: str, state: Callable[[], State]) -> None:
        self._path = folder / f"{name}{SUFFIX}"
        self._state = state
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens. Where that is impossible (a path over 107 bytes), it says so and goes without."""
        try:
            self._server = await asyncio.start_unix_server(self._answer, self._path)
            self._path.chmod(0o600)
        except OSError as error:
            log.warning("no status: %s", error)

    def close(self) -> None:
        """Closes and removes the socket."""
        if self._server:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            writer.write(json.dumps(self._state()).encode())
            await writer.drain()
            writer.close()


def states(folder: Path) -> Iterator[State]:
    """Yields what each living supervisor with files in a folder answers; a dead one's socket is removed."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(path))
                data = b"".join(iter(lambda: connection.recv(65_536), b""))
                yield json.loads(data)
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
            except (OSError, ValueError):
                log.warning("%s: no answer", path.name)
