"""One place for a worker: filled again after each death, renewed without a gap at a rolling restart."""

import asyncio
import logging
from collections.abc import Callable

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


class Slot:
    """Keeps one worker alive.

    Args:
        start: Makes the next worker, not yet running.
        died: Told of each death.
    """

    def __init__(self, start: Callable[[], WorkerLife], died: Callable[[WorkerLife, Death], None]) -> None:
        self._start = start
        self._died = died
        self._stopping = asyncio.Event()
        self._current: asyncio.Task[Death] | None = None
        self.lives: dict[asyncio.Task[Death], WorkerLife] = {}

    async def keep(self) -> None:
        """Runs workers, one after another, until `stop`.

        Raises:
            CommandError: They fail again and again: exit by themselves with an error, or before they poll.
            OSError: The command cannot be run.
        """
        pause, failures = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            if self._current is None:
                self._current = self._run()
            current = self._current
            death = await current
            if self._current is not current:  # renewed meanwhile
                continue
            self._current = None
            failures = failures + 1 if death.is_failure else 0
            if failures >= MOST_FAILURES:
                raise CommandError(
                    f"{failures} workers in a row failed, the last one with {death.cause}", FAILED
                )
            if not death.young:
                pause = FIRST_PAUSE
                continue
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE if death.is_failure else LONGEST_PAUSE_IF_KILLED)
        await asyncio.gather(*self.lives)

    async def renew(self) -> bool:
        """Starts a new worker and, once it polls, drains the old one; waits for neither's end.

        Returns:
            Whether the new one took over; if it does not get to poll, the old one stays.
        """
        old = self._current
        if old is None or self._stopping.is_set():
            return False
        new = self._run()
        life = self.lives[new]
        end = asyncio.get_running_loop().time() + RENEWAL_SECONDS
        while not life.polled and not new.done() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        if not life.polled or new.done():
            log.warning("worker %d did not get to poll: the old one stays", life.slot)
            life.drain()
            return False
        if self._current is old:
            self._current = new
        if old in self.lives:
            self.lives[old].drain()
        return True

    def stop(self, *, forced: bool) -> None:
        """Drains the worker, or kills it."""
        self._stopping.set()
        for life in self.lives.values():
            if forced:
                life.kill()
            else:
                life.drain()

    def _run(self) -> "asyncio.Task[Death]":
        life = self._start()
        running = asyncio.create_task(life.run())
        self.lives[running] = life
        running.add_done_callback(self._ended)
        return running

    def _ended(self, running: "asyncio.Task[Death]") -> None:
        life = self.lives.pop(running)
        if not running.cancelled() and running.exception() is None:
            self._died(life, running.result())
