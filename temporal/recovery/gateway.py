"""What the workers of a supervisor share: the way to Temporal, their polls, the figures, and the release."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporal.config import ConnectionSettings
from temporal.recovery import reading
from temporal.recovery.give_back import give_back
from temporal.recovery.held import Ledger, PollKey
from temporal.recovery.listener import Listener
from temporal.recovery.metrics import Metrics
from temporal.recovery.polls import Polls
from temporal.recovery.release import Released, release
from temporal.recovery.upstream import Answer, Temporal

R = TypeVar("R")


class Gateway:
    """Makes listeners, and releases what a dead worker's ledger holds.

    Args:
        connection: Temporal, with the credentials.
        asynchronous: Activity types that are completed from elsewhere and outlive their worker.

    Attributes:
        metrics: What is counted.
    """

    def __init__(self, connection: ConnectionSettings, asynchronous: frozenset[str] = frozenset()) -> None:
        self._upstream = Temporal(connection)
        self._polls = Polls(self._unclaimed)
        self._asynchronous = asynchronous
        self._background: set[asyncio.Task[Any]] = set()
        self.metrics = Metrics()

    def listener(self) -> Listener:
        """Returns a listener for one worker process, not yet started."""
        return Listener(self._upstream, self._polls, self.metrics)

    def part(self, ledger: Ledger) -> None:
        """Parts a worker, which is gone for sure, from its polls: their answers are for others."""
        ledger.dead = True
        self._polls.abandon(ledger)

    def release(self, ledger: Ledger) -> "asyncio.Task[Released]":
        """Begins to give back what a worker held that is gone for sure."""
        return self._start(self._release(ledger))

    async def close(self, patience: float) -> None:
        """Closes the connection to Temporal once all releases have ended, or after `patience` seconds."""
        if self._background:
            await asyncio.wait(self._background, timeout=patience)
        await self._upstream.close()

    async def _release(self, ledger: Ledger) -> Released:
        released = await release(ledger, self._upstream, self._polls, self._asynchronous)
        for kind, count in released.tasks.items():
            self.metrics.released.labels(kind).inc(count)
        self.metrics.release_seconds.observe(released.seconds)
        return released

    def _unclaimed(self, key: PollKey, answer: Answer) -> None:
        """Gives back what came from a dead worker's sticky queue: a query is for another worker as it is."""
        task = reading.task_on_sticky_queue(key, answer.response or b"")
        if task is not None:
            self._start(give_back(task, self._upstream, self._polls, self._asynchronous))

    def _start(self, work: Coroutine[Any, Any, R]) -> "asyncio.Task[R]":
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task
