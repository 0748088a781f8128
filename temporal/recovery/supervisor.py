"""Keeps workers alive, each behind a listener of its own; what a dead one held is released at once."""

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from temporal.command_line import DONE, FAILED, CommandError
from temporal.config import ConnectionSettings
from temporal.recovery import reading
from temporal.recovery.held import Ledger, PollKey
from temporal.recovery.listener import Listener
from temporal.recovery.polls import Polls
from temporal.recovery.release import fail_workflow_task, release
from temporal.recovery.upstream import Answer, Temporal
from temporal.recovery.worker_group import WorkerGroup, worker_environment

log = logging.getLogger("temporal.recovery")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds before a worker that died young is replaced: doubled from death to death."""

YOUNG_SECONDS = 10.0
"""A worker that lived longer than this, in seconds, is replaced at once."""

MAX_DEATHS_WITHOUT_POLL = 5
"""After so many deaths in a row of workers that never polled, the command itself must be wrong."""


@dataclass(frozen=True)
class Options:
    """What is supervised.

    Attributes:
        command: The worker's command.
        workers: How many copies; with two, one is always hot.
        drain_seconds: How long a worker may take to drain before it is killed, in seconds.
        asynchronous: Activity types that are completed from elsewhere and outlive their worker.
    """

    command: Sequence[str]
    workers: int
    drain_seconds: float
    asynchronous: frozenset[str] = frozenset()


class Supervisor:
    """Runs until `stop`.

    Args:
        connection: Temporal, with the credentials.
        options: What to run.
    """

    def __init__(self, connection: ConnectionSettings, options: Options) -> None:
        self._connection = connection
        self._options = options
        self._upstream = Temporal(connection)
        self._polls = Polls(self._unclaimed)
        self._groups: set[WorkerGroup] = set()
        self._background: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Keeps the workers alive until `stop`, then drains them.

        Raises:
            CommandError: Workers die again and again before they poll.
        """
        try:
            async with asyncio.TaskGroup() as slots:
                for slot in range(1, self._options.workers + 1):
                    slots.create_task(self._keep(slot))
        except* CommandError as errors:
            raise errors.exceptions[0] from None
        finally:
            for group in self._groups:
                group.kill()
            await self._upstream.close()
        return DONE

    def stop(self) -> None:
        """Drains the workers; called again, kills them."""
        forced = self._stopping.is_set()
        self._stopping.set()
        for group in self._groups:
            if forced:
                group.kill()
            else:
                group.terminate()
                asyncio.get_running_loop().call_later(self._options.drain_seconds, group.kill)

    async def _keep(self, slot: int) -> None:
        pause, unready = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            born = time.monotonic()
            ledger = await self._live(slot)
            unready = 0 if ledger.polled else unready + 1
            if unready >= MAX_DEATHS_WITHOUT_POLL:
                command = " ".join(self._options.command)
                raise CommandError(
                    f"{unready} workers in a row ended before they polled; command: {command}", FAILED
                )
            if time.monotonic() - born > YOUNG_SECONDS:
                pause = FIRST_PAUSE
                continue
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(self, slot: int) -> Ledger:
        """Runs one worker process from its start to its release."""
        listener = Listener(self._upstream, self._polls)
        await listener.start()
        ledger = listener.ledger
        environment = worker_environment(
            os.environ, f"127.0.0.1:{listener.port}", self._connection.namespace, slot
        )
        group = WorkerGroup(self._options.command, environment)
        self._groups.add(group)
        log.info("worker %d: process %d", slot, group.pid)
        try:
            code = await group.ended()
        finally:
            self._groups.discard(group)
            group.kill()
            ledger.dead = True
            self._polls.abandon(ledger)
            await listener.close()
        released = await release(ledger, self._upstream, self._polls, self._options.asynchronous)
        log.info(
            "worker %d: process %d ended (%d); released %s in %.0f ms",
            slot,
            group.pid,
            code,
            ", ".join(f"{count} {kind}" for kind, count in sorted(released.tasks.items())) or "nothing",
            released.seconds * 1000,
        )
        return ledger

    def _unclaimed(self, key: PollKey, answer: Answer) -> None:
        """Gives back a task that came from a dead worker's sticky queue."""
        task = reading.task_on_sticky_queue(key, answer.response or b"")
        if task is not None:
            failing = asyncio.create_task(fail_workflow_task(task, self._upstream))
            self._background.add(failing)
            failing.add_done_callback(self._background.discard)
