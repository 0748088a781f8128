"""Keeps workers alive behind the gateway, restarts them one by one on demand, and tells what it does."""

import asyncio
import logging
import os
import uuid
from collections import Counter, deque
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporal.command_line import DONE, FAILED, CommandError
from temporal.config import ConnectionSettings
from temporal.recovery.death import Death
from temporal.recovery.gateway import Gateway
from temporal.recovery.held import Kind
from temporal.recovery.journal import Journal
from temporal.recovery.left_behind import left_behind
from temporal.recovery.slot import Slot
from temporal.recovery.status import State, StatusSocket, state_of_death, state_of_worker
from temporal.recovery.upstream import Temporal
from temporal.recovery.worker_life import Options, WorkerLife, WorkerState

log = logging.getLogger("temporal.recovery")

DEATHS_KEPT = 50
"""How many deaths the status tells of; the metrics count them all."""

LAST_RELEASES_SECONDS = 5.0
"""How long the end waits for releases that are still under way, in seconds."""


class Supervisor:
    """Runs until `stop`.

    Args:
        connection: Temporal, with the credentials.
        options: How workers are run.
        workers: How many; with two, one is always hot.
        folder: Where the journal and the status socket are.
        asynchronous: Activity types that are completed from elsewhere and outlive their worker.
    """

    def __init__(
        self,
        connection: ConnectionSettings,
        options: Options,
        workers: int,
        folder: Path,
        asynchronous: frozenset[str] = frozenset(),
    ) -> None:
        self._connection = connection
        self._options = options
        self._folder = folder
        self._gateway = Gateway(Temporal(connection), asynchronous)
        self._gateway.metrics.watch(self._held, self._workers)
        self._journal: Journal | None = None
        numbers = range(1, workers + 1)
        self._slots = [Slot(number, workers, self._life, self._died) for number in numbers]
        self._deaths: deque[Death] = deque(maxlen=DEATHS_KEPT)
        self._died_of: Counter[str] = Counter()
        self._since = datetime.now(UTC)
        self._stopping = False
        self._name = uuid.uuid4().hex[:12]
        self._rolls = asyncio.Event()

    async def run(self) -> int:
        """Releases what dead supervisors left behind, and keeps the workers alive until `stop`.

        Raises:
            CommandError: Workers fail again and again, or the metrics port is taken.
            OSError: The command cannot be run.
        """
        self._serve_metrics()
        self._open_journal()
        status = StatusSocket(self._folder, self._name, self._state)
        await status.start()
        beside = [self._beside(self._release_left_behind()), self._beside(self._keep_rolling())]
        keeping = [asyncio.create_task(slot.keep()) for slot in self._slots]
        try:
            await asyncio.wait(keeping, return_when=asyncio.FIRST_EXCEPTION)
            self._drain()  # when one has given up, the others end in order
            await asyncio.wait(keeping)
        finally:
            for task in beside:
                task.cancel()
            await self._gateway.close(LAST_RELEASES_SECONDS)
            status.close()
            self._gateway.metrics.close()
            if self._journal:
                self._journal.close()
        await asyncio.gather(*keeping)
        return DONE

    def stop(self) -> None:
        """Drains the workers; called again, kills them."""
        forced, self._stopping = self._stopping, True
        self._drain(forced=forced)

    def roll(self) -> None:
        """Replaces the workers one by one without a gap: each new one polls before the old one drains."""
        self._rolls.set()

    async def _keep_rolling(self) -> None:
        while True:
            await self._rolls.wait()
            self._rolls.clear()
            renewed = [await slot.renew() for slot in self._slots]
            log.info("rolling restart: %d of %d workers replaced", sum(renewed), len(renewed))

    def _drain(self, *, forced: bool = False) -> None:
        for slot in self._slots:
            slot.stop(forced=forced)

    def _life(self, number: int) -> WorkerLife:
        return WorkerLife(self._gateway, self._journal, self._connection, self._options, number)

    def _lives(self) -> Sequence[WorkerLife]:
        return sorted(
            (life for slot in self._slots for life in slot.lives.values()), key=lambda life: life.slot
        )

    def _died(self, death: Death) -> None:
        self._deaths.append(death)
        self._died_of[death.cause] += 1
        self._gateway.metrics.deaths.labels(death.cause).inc()

    def _held(self) -> dict[str, int]:
        counted = Counter(task.kind for life in self._lives() for task in life.held())
        return {kind: counted[kind] for kind in Kind}

    def _workers(self) -> dict[str, int]:
        counted = Counter(life.state for life in self._lives())
        return {state: counted[state] for state in WorkerState}

    def _state(self) -> State:
        return {
            "supervisor": os.getpid(),
            "since": self._since.isoformat(timespec="milliseconds"),
            "command": list(self._options.command),
            "workers": [state_of_worker(life) for life in self._lives()],
            "ended": dict(sorted(self._died_of.items())),
            "deaths": [state_of_death(death) for death in self._deaths],
        }

    def _serve_metrics(self) -> None:
        metrics = self._options.metrics
        try:
            if metrics.port:
                self._gateway.metrics.serve(metrics.port, metrics.host)
        except OSError as error:
            raise CommandError(f"{metrics}: {error.strerror}", FAILED) from error

    def _open_journal(self) -> None:
        try:
            self._journal = Journal(self._folder, self._name)
            self._gateway.write_down(self._journal.worker(0, 0.0))
        except OSError as error:
            log.warning("no journal, so a killed supervisor loses time: %s", error)

    async def _release_left_behind(self) -> None:
        for left in left_behind(self._folder, but=self._name):
            left.kill_survivors()
            for ledger in left.ledgers:
                released = await self._gateway.release(ledger)
                log.info("a dead supervisor's worker: released %d tasks", sum(released.tasks.values()))
            left.done()

    def _beside(self, work: Coroutine[object, object, None]) -> "asyncio.Task[None]":
        def tell(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()):
                log.error("%s", error, exc_info=error)

        task = asyncio.create_task(work)
        task.add_done_callback(tell)
        return task
