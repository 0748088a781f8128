"""Joins workers' polls to polls of the server, so that no task is lost on its way to a worker that died.

A worker's poll and the poll of the server that it opened part when the worker dies: the server's goes on,
and its answer is for any poll of a living worker with the same key, waiting now or coming next. The server
gives a task to its oldest poll, so on a quiet queue that is the dead worker's.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporal.recovery.held import Ledger, PollKey
from temporal.recovery.http2.answer import Answer

CANCEL_SECONDS = 0.25
"""How long a cancelled poll stays open, in seconds: when its worker has died it is not cancelled at all."""


Tell = Callable[[PollKey, Answer], None]


def _ignore(key: PollKey, answer: Answer) -> None:
    pass


@dataclass(slots=True, eq=False)
class OpenPoll:
    """A poll of the server; `waiter` is the worker's poll it is for, done when that has gone."""

    key: PollKey
    ledger: Ledger
    waiter: "asyncio.Future[Answer]"
    call: "asyncio.Task[Answer]"


class Polls:
    """All polls that pass through the gateway.

    Args:
        unclaimed: Called with a key and an answer that brought a task when nobody can take it: a sticky
            queue's, whose only worker is dead.
        waits: Called with an answer that no poll waits for, so that it waits for the next.
        found: Called when it got one.
    """

    def __init__(self, unclaimed: Tell, waits: Tell = _ignore, found: Tell = _ignore) -> None:
        self._unclaimed = unclaimed
        self._waits = waits
        self._found = found
        self._open: dict[PollKey, set[OpenPoll]] = {}
        self._waiting: dict[PollKey, deque[asyncio.Future[Answer]]] = {}
        self._answers: dict[PollKey, deque[Answer]] = {}

    async def poll(self, ledger: Ledger, key: PollKey, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Returns the answer to a worker's poll.

        Args:
            ledger: The worker's.
            key: What it polls.
            call: Opens a poll of the server; not called when one that lost its worker can serve.
        """
        if kept := self._answers.get(key):
            answer = kept.popleft()
            if not kept:
                del self._answers[key]
            self._found(key, answer)
            return answer
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(key, deque())
        waiting.append(waiter)
        opened = self._adopt(ledger, key, waiter) or self._start(ledger, key, waiter, call)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._pass_on(key, waiter.result())  # it came in the moment in which the worker went
            asyncio.get_running_loop().call_later(CANCEL_SECONDS, self._cancel, opened)
            raise
        finally:
            waiting.remove(waiter)
            if not waiting:
                self._waiting.pop(key, None)

    def abandon(self, ledger: Ledger) -> None:
        """Parts a dead worker from its polls."""
        for opened in [one for polls in self._open.values() for one in polls]:
            if opened.ledger is ledger and not opened.waiter.done():
                opened.waiter.cancel()

    def offer(self, key: PollKey, answer: Answer) -> None:
        """Gives an answer to a living worker's poll: one that waits, else the next."""
        for waiter in self._waiting.get(key, ()):
            if not waiter.done():
                waiter.set_result(answer)
                return
        self._answers.setdefault(key, deque()).append(answer)
        self._waits(key, answer)

    def withdraw(self, key: PollKey, answer: Answer) -> bool:
        """Takes back an answer that still waits for a poll; False when a poll has got it."""
        kept = self._answers.get(key, deque())
        if answer not in kept:
            return False
        kept.remove(answer)
        if not kept:
            del self._answers[key]
        return True

    def _adopt(self, ledger: Ledger, key: PollKey, waiter: "asyncio.Future[Answer]") -> OpenPoll | None:
        for opened in self._open.get(key, ()):
            if opened.waiter.done():
                opened.waiter, opened.ledger = waiter, ledger
                return opened
        return None

    def _start(
        self,
        ledger: Ledger,
        key: PollKey,
        waiter: "asyncio.Future[Answer]",
        call: Callable[[], Awaitable[Answer]],
    ) -> OpenPoll:
        opened = OpenPoll(key, ledger, waiter, asyncio.ensure_future(call()))
        self._open.setdefault(key, set()).add(opened)
        opened.call.add_done_callback(lambda _: self._answered(opened))
        return opened

    def _answered(self, opened: OpenPoll) -> None:
        self._forget(opened)
        if opened.call.cancelled():
            return
        if error := opened.call.exception():
            if not opened.waiter.done():
                opened.waiter.set_exception(error)
            return
        answer = opened.call.result()
        if not opened.waiter.done():
            opened.waiter.set_result(answer)
        else:
            self._pass_on(opened.key, answer)

    def _pass_on(self, key: PollKey, answer: Answer) -> None:
        if not answer.response:  # an empty answer, or a failure, is of no use to anybody else
            return
        if key.sticky:
            self._unclaimed(key, answer)
        else:
            self.offer(key, answer)

    def _cancel(self, opened: OpenPoll) -> None:
        """Passes a cancellation on, unless the worker turned out to be dead or another one took the poll."""
        if opened.waiter.done() and not opened.ledger.dead:
            self._forget(opened)  # nobody may take it over any more
            opened.call.cancel()

    def _forget(self, opened: OpenPoll) -> None:
        polls = self._open.get(opened.key, set())
        polls.discard(opened)
        if not polls:
            self._open.pop(opened.key, None)
