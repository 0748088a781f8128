"""The workers that are killed, side by side: stock ones as their users run them, and the same supervised.

Every variant has the same worker, the same number of workers, and a replacement as soon as one is dead.
"""

import asyncio
import os
import shutil
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from temporalio.client import Client

from benchmarks.recovery.notes import Held, Kind, NoteReader, held_by
from temporal.chaos.fleet import SUPERVISOR
from temporal.chaos.observation import until
from temporal.chaos.targets.environment import worker_environment
from temporal.chaos.worker_process import WorkerProcess

WORKERS = 2

DRAIN_SECONDS = 15.0
"""How long a fleet may take to stop at the end, in seconds; what it holds then no longer counts."""


@dataclass(frozen=True)
class Variant:
    """One kind of workers.

    Attributes:
        name: What the report calls them.
        options: Options of the measured worker, which change the SDK's defaults.
        supervised: Whether the supervisor runs them.
    """

    name: str
    options: tuple[str, ...] = ()
    supervised: bool = False


STOCK = Variant("stock")
SUPERVISED = Variant("supervised", supervised=True)
CACHE_OFF = Variant("stock, cache off", ("--cache", "0"))
STOCK_VARIANTS = (STOCK, Variant("stock, sticky timeout 1 s", ("--sticky", "1")), CACHE_OFF)


class Fleet:
    """Workers of one variant on a task queue of their own; made by `working`.

    Args:
        client: A connection to the server, past any gateway.
        variant: What to run.
        folder: Where notes and logs are kept.
        cache: How many workflows a worker keeps in memory, unless the variant says; default: the SDK's.
    """

    def __init__(self, client: Client, variant: Variant, folder: Path, cache: int | None = None) -> None:
        self.client = client
        self.variant = variant
        self.queue = f"recovery-{uuid.uuid4().hex[:8]}"
        self.folder = folder / self.queue
        self.folder.mkdir()
        self.notes = NoteReader(self.folder / "notes")
        address = client.service_client.config.target_host
        self._environment = worker_environment(address, self.folder) | {
            "TEMPORAL_NAMESPACE": client.namespace
        }
        worker = (sys.executable, "-m", "benchmarks.recovery.worker", self.queue, str(self.folder / "notes"))
        cached = ("--cache", str(cache)) if cache is not None else ()
        self._command = (*worker, *cached, *variant.options)
        self._plain: dict[int, WorkerProcess] = {}
        self.supervisor: WorkerProcess | None = None

    async def start(self, workers: int = WORKERS) -> None:
        """Returns once all workers are up.

        Raises:
            CommandError: They are not in time.
        """
        if self.variant.supervised:
            self.supervisor = self._launch((*SUPERVISOR, "--workers", str(workers), "--", *self._command))
        else:
            for _ in range(workers):
                self._start_plain()
        await self.full(workers)

    async def full(self, workers: int = WORKERS) -> None:
        """Returns once so many workers are up.

        Raises:
            CommandError: They are not in time.
        """

        async def up() -> bool:
            return len(self.living()) >= workers

        await until(f"{workers} workers of {self.variant.name} are up", up)

    def living(self) -> dict[int, float]:
        """Returns the workers that are up, the oldest first: process id and age in seconds."""
        now = datetime.now(UTC).timestamp()
        ups = {note.pid: now - note.at for note in self.notes.read() if note.kind is Kind.UP}
        return {pid: age for pid, age in ups.items() if _lives(pid)}

    def kill(self, pid: int) -> datetime:
        """SIGKILLs a worker, has a plain one replaced, and returns the moment just before (UTC)."""
        killed = datetime.now(UTC)
        os.kill(pid, signal.SIGKILL)
        if pid in self._plain:
            self._plain.pop(pid).kill()  # collects it
            self._start_plain()
        return killed

    def replace_gracefully(self) -> None:
        """Stops the oldest plain worker by SIGTERM and starts another, or has the supervisor roll all."""
        if self.supervisor is not None:
            self.supervisor.signal(signal.SIGHUP)
            return
        oldest = next(pid for pid in self.living() if pid in self._plain)
        self._plain.pop(oldest).signal(signal.SIGTERM)
        self._start_plain()

    def held_by(self, pid: int, at: datetime) -> Held:
        """Returns what a worker held at a moment, by its own notes."""
        return held_by(pid, at.timestamp(), self.notes.read())

    async def stop(self) -> None:
        """Ends all processes and forgets the notes."""
        left = [*self._plain.values(), *([self.supervisor] if self.supervisor else [])]
        for process in left:
            process.signal(signal.SIGTERM)
        await asyncio.wait([asyncio.create_task(one.ended()) for one in left], timeout=DRAIN_SECONDS)
        for process in left:
            process.kill()
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder)

    def _start_plain(self) -> None:
        process = self._launch(self._command)
        self._plain[process.pid] = process

    def _launch(self, command: tuple[str, ...]) -> WorkerProcess:
        return WorkerProcess(
            self.client,
            self.queue,
            environment=self._environment,
            log=self.folder / "log",
            command=command,
        )


@asynccontextmanager
async def working(
    client: Client, variant: Variant, folder: Path, cache: int | None = None
) -> AsyncIterator[Fleet]:
    """Runs workers; the arguments are Fleet's.

    Raises:
        CommandError: They do not start.
    """
    fleet = Fleet(client, variant, folder, cache)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
