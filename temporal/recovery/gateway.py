"""What the workers of a supervisor share: the way to Temporal, their polls, the figures, and the release."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporal.recovery import reading
from temporal.recovery.give_back import give_back
from temporal.recovery.held import HeldTask, Kind, Ledger, PollKey, Record
from temporal.recovery.http2.answer import Answer
from temporal.recovery.listener import Listener
from temporal.recovery.metrics import Metrics
from temporal.recovery.polls import Polls
from temporal.recovery.release import Released, release
from temporal.recovery.upstream import Upstream

R = TypeVar("R")

WAIT_SECONDS = 10.0
"""How long a workflow task waits for a living worker's poll before the server gets it back, in seconds."""


class Gateway:
    """Makes listeners, and releases what a dead worker's ledger holds.

    Args:
        upstream: Temporal; it is closed with the gateway.
        asynchronous: Activity types that are completed from elsewhere and outlive their worker.

    Attributes:
        metrics: What is counted.
        waiting: Tasks that came for a dead worker and wait for a living one's poll.
    """

    def __init__(self, upstream: Upstream, asynchronous: frozenset[str] = frozenset()) -> None:
        self._upstream = upstream
        self._polls = Polls(self._unclaimed, self._waits, self._found)
        self._asynchronous = asynchronous
        self._background: set[asyncio.Task[Any]] = set()
        self.metrics = Metrics()
        self.waiting = Ledger()

    def write_down(self, record: Record) -> None:
        """Has the tasks that wait written down as well."""
        self.waiting.record = record

    def listener(self) -> Listener:
        """Returns a listener for one worker process, not yet started."""
        return Listener(self._upstream, self._polls, self.metrics)

    def part(self, ledger: Ledger) -> None:
        """Parts a worker, which is gone for sure, from its polls: their answers are for others."""
        ledger.dead = True
        self._polls.abandon(ledger)

    def release(self, ledger: Ledger, died: float | None = None) -> "asyncio.Task[Released]":
        """Begins to give back what a worker held that is gone for sure; `died` as for `release.release`."""
        return self._start(self._release(ledger, died))

    async def close(self, patience: float) -> None:
        """Gives back what still waits, and closes the connection once all releases have ended.

        Args:
            patience: How long to wait for them, in seconds.
        """
        self._start(release(self.waiting, self._upstream, self._polls, self._asynchronous))
        await asyncio.wait(self._background, timeout=patience)
        await self._upstream.close()

    async def _release(self, ledger: Ledger, died: float | None) -> Released:
        released = await release(ledger, self._upstream, self._polls, self._asynchronous, died)
        for kind, count in released.tasks.items():
            self.metrics.released.labels(kind).inc(count)
        self.metrics.release_seconds.observe(released.seconds)
        return released

    def _unclaimed(self, key: PollKey, answer: Answer) -> None:
        if task := reading.task_for_another(key, answer.response or b""):
            self._start(give_back(task, self._upstream, self._polls, self._asynchronous))

    def _waits(self, key: PollKey, answer: Answer) -> None:
        """Sees to a task that nobody has begun: not failed at once, and an activity not while it is due."""
        task = reading.task_for_another(key, answer.response or b"")
        if task is None:
            return
        self.waiting.take(task)
        seconds = task.expires - time.monotonic() if task.kind is Kind.ACTIVITY else WAIT_SECONDS
        if seconds != float("inf"):
            asyncio.get_running_loop().call_later(seconds, self._waited_enough, key, answer, task)

    def _found(self, key: PollKey, answer: Answer) -> None:
        if task := reading.task_for_another(key, answer.response or b""):
            self.waiting.end(task.token)

    def _waited_enough(self, key: PollKey, answer: Answer, task: HeldTask) -> None:
        if self._polls.withdraw(key, answer):
            self.waiting.end(task.token)
            if task.kind is not Kind.QUERY:  # its caller has given up
                self._start(give_back(task, self._upstream, self._polls, self._asynchronous))

    def _start(self, work: Coroutine[Any, Any, R]) -> "asyncio.Task[R]":
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task
