"""One place for a worker: filled again after each death, renewed without a gap at a rolling restart."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

from temporal.command_line import FAILED, CommandError
from temporal.recovery.death import Death
from temporal.recovery.worker_life import WorkerLife

log = logging.getLogger("temporal.recovery")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds before a worker that died young is replaced: doubled from death to death."""

LONGEST_PAUSE_IF_KILLED = 1.0
"""The longest of these pauses, in seconds, after the death of a worker that had served and was killed."""

MOST_FAILURES = 5
"""After so many failures in a row the command itself must be wrong."""

RENEWAL_SECONDS = 60.0
"""How long a renewal waits for the new worker's first poll, in seconds, before it keeps the old one."""

LOOK_SECONDS = 0.02

Running = asyncio.Task[Death]


class Slot:
    """Keeps one worker alive.

    Args:
        number: The first worker's number.
        step: How far apart this slot's numbers are: while one worker drains, its successor has the next.
        start: Makes the worker of a number, not yet running.
        died: Told of each death.

    Attributes:
        lives: The workers that live, by the task that runs each.
    """

    def __init__(
        self, number: int, step: int, start: Callable[[int], WorkerLife], died: Callable[[Death], None]
    ) -> None:
        self._numbers = (number, step)
        self._start = start
        self._died = died
        self._stopping = asyncio.Event()
        self._renewed = asyncio.Event()
        self._current: Running | None = None
        self.lives: dict[Running, WorkerLife] = {}

    async def keep(self) -> None:
        """Runs workers, one after another, until `stop`.

        Raises:
            CommandError: They fail again and again: exit by themselves with an error, or before they poll.
            OSError: The command cannot be run.
        """
        pause, failures = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            current = self._current = self._current or self._run()
            self._renewed.clear()
            await _first(current, self._renewed.wait())
            if self._current is not current:  # the old one drains; whoever renewed sees to it
                continue
            death, self._current = current.result(), None
            failures = failures + 1 if death.is_failure else 0
            if failures >= MOST_FAILURES:
                raise CommandError(
                    f"{failures} workers in a row failed, the last one with {death.how}", FAILED
                )
            if not death.young:
                pause = FIRST_PAUSE
                continue
            await _first(self._stopping.wait(), self._renewed.wait(), seconds=pause)
            pause = min(pause * 2, LONGEST_PAUSE if death.is_failure else LONGEST_PAUSE_IF_KILLED)
        if self.lives:
            await asyncio.wait(self.lives)

    async def renew(self) -> bool:
        """Starts a new worker, drains the old one once the new one polls, and waits for the old one's end.

        Returns:
            Whether the old one is replaced; if the new one does not get to poll, the old one stays.
        """
        old = self._current
        if old is None or self._stopping.is_set():  # the next one to start is a new one anyway
            return False
        new = self._run()
        if not await self._serves(new):
            log.warning("worker %d did not get to poll: the old one stays", self._numbers[0])
            await self._drain(new)
            return False
        if self._current not in (old, None):  # the old one died, and its successor is as new
            await self._drain(new)
            return True
        self._current = new
        self._renewed.set()
        await self._drain(old)
        return True

    def stop(self, *, forced: bool) -> None:
        """Drains the worker, or kills it."""
        self._stopping.set()
        for life in self.lives.values():
            if forced:
                life.kill()
            else:
                life.drain()

    async def _serves(self, running: Running) -> bool:
        """Waits until a new worker polls; False when it does not."""
        end = asyncio.get_running_loop().time() + RENEWAL_SECONDS
        while running in self.lives and asyncio.get_running_loop().time() < end:
            if self.lives[running].polled:
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _drain(self, running: Running) -> None:
        if life := self.lives.get(running):
            life.drain()
            await asyncio.wait({running})

    def _run(self) -> Running:
        taken = {life.slot for life in self.lives.values()}
        life = self._start(next(number for number in itertools.count(*self._numbers) if number not in taken))
        running = asyncio.create_task(life.run())
        self.lives[running] = life
        running.add_done_callback(self._ended)
        return running

    def _ended(self, running: Running) -> None:
        del self.lives[running]
        if not running.cancelled() and running.exception() is None:
            self._died(running.result())


async def _first(*awaited: Awaitable[object], seconds: float | None = None) -> None:
    """Waits for the first of several, or for some seconds; ends the coroutines among them, not the tasks."""
    tasks = {asyncio.ensure_future(one): one for one in awaited}
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task, one in tasks.items():
        if task is not one:
            task.cancel()
