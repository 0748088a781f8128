"""One worker process from its start to its end: behind its listener, watched for a hang, then released."""

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from temporal.config import ConnectionSettings, MetricsSettings
from temporal.recovery.death import Death, cause_of
from temporal.recovery.gateway import Gateway
from temporal.recovery.hang import BEAT_VARIABLE, Beat, hung
from temporal.recovery.held import HeldTask
from temporal.recovery.journal import Journal
from temporal.recovery.listener import Listener
from temporal.recovery.release import Released
from temporal.recovery.worker_group import WorkerGroup, worker_environment

log = logging.getLogger("temporal.recovery")

RELEASE_SECONDS = 1.0
"""How long a replacement waits for the release, in seconds: a server that is away does not hold it up."""


class WorkerState(StrEnum):
    """How far a living worker is."""

    STARTING = "starting"
    POLLING = "polling"
    DRAINING = "draining"


@dataclass(frozen=True)
class Options:
    """How a worker is run.

    Attributes:
        command: The worker's command.
        drain_seconds: How long it may take to drain before it is killed, in seconds.
        beat_seconds: How long a worker that beats may be silent before it is killed, in seconds.
        metrics: Where the supervisor shows its metrics; a worker's port is higher by its slot.
    """

    command: Sequence[str]
    drain_seconds: float
    beat_seconds: float
    metrics: MetricsSettings = field(default_factory=MetricsSettings)


class WorkerLife:
    """Runs one worker process.

    Args:
        gateway: What all workers share.
        journal: Where its tasks are written down; None for nowhere.
        connection: Temporal; the worker is told the namespace only.
        options: How it is run.
        slot: Its place, from 1.
    """

    def __init__(
        self,
        gateway: Gateway,
        journal: Journal | None,
        connection: ConnectionSettings,
        options: Options,
        slot: int,
    ) -> None:
        self._gateway = gateway
        self._journal = journal
        self._connection = connection
        self._options = options
        self._listener: Listener = gateway.listener()
        self._group: WorkerGroup | None = None
        self.slot = slot
        self.since = datetime.now(UTC)
        self.draining = False

    @property
    def pid(self) -> int:
        """The process; 0 before it is started."""
        return self._group.pid if self._group else 0

    @property
    def polled(self) -> bool:
        """Whether it has polled: it serves."""
        return self._listener.ledger.polled

    @property
    def state(self) -> WorkerState:
        """How far it is."""
        if self.draining:
            return WorkerState.DRAINING
        return WorkerState.POLLING if self.polled else WorkerState.STARTING

    def held(self) -> list[HeldTask]:
        """Returns what it holds now."""
        return self._listener.ledger.held()

    def drain(self) -> None:
        """Asks the worker to end, once: a second signal may force it. Kills it when that takes too long."""
        if not self.draining:
            self.draining = True
            self._ask_to_end()

    def kill(self) -> None:
        """Kills the worker and all its descendants."""
        if self._group:
            self._group.kill()

    async def run(self) -> Death:
        """Runs the worker until it has ended and what it held is on its way back.

        Raises:
            OSError: The command cannot be run.
        """
        await self._listener.start()
        born = time.monotonic()
        beat = Beat()
        try:
            self._group = group = self._spawn(beat)
        except OSError:
            beat.listen()
            beat.close()
            await self._listener.close()
            raise
        beat.listen()
        ledger, peers = self._listener.ledger, self._listener.admit(group.pid)
        ledger.record = record = self._journal.worker(group.pid, group.started) if self._journal else None
        if self.draining:  # asked before there was a process
            self._ask_to_end()
        watching = asyncio.create_task(hung(self._listener, peers, beat, self._options.beat_seconds))
        ending = asyncio.create_task(group.ended())
        try:
            await asyncio.wait({watching, ending}, return_when=asyncio.FIRST_COMPLETED)
            hang = watching.result() if watching.done() else None
            if hang:
                log.warning("worker %d: process %d is %s: killed", self.slot, group.pid, hang)
                group.kill()
            code = await ending
        finally:
            died = time.monotonic()
            group.kill()
            watching.cancel()
            beat.close()
            self._gateway.part(ledger)
            await self._listener.close()
        death = Death(
            self.slot,
            group.pid,
            datetime.now(UTC),
            hang or cause_of(code, draining=self.draining),
            code,
            ledger.polled,
            died - born,
        )
        releasing = self._gateway.release(ledger, died)

        def released(task: "asyncio.Task[Released]") -> None:
            if task.cancelled():  # the supervisor ends; its journal keeps what is left
                return
            death.released = task.result()
            if record:
                record.gone()
            log.info("%s", death)

        releasing.add_done_callback(released)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(releasing), RELEASE_SECONDS)
        return death

    def _ask_to_end(self) -> None:
        if self._group:
            self._group.terminate()
            asyncio.get_running_loop().call_later(self._options.drain_seconds, self.kill)

    def _spawn(self, beat: Beat) -> WorkerGroup:
        environment = worker_environment(
            os.environ,
            f"127.0.0.1:{self._listener.port}",
            self._connection.namespace,
            self.slot,
            self._options.metrics.port,
        )
        group = WorkerGroup(self._options.command, environment | {BEAT_VARIABLE: str(beat.fd)}, beat.fd)
        log.info("worker %d: process %d", self.slot, group.pid)
        return group
