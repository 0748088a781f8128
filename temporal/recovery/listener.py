"""The gateway's side of one worker: a loopback port that forwards its calls and keeps its ledger."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from google.protobuf.message import DecodeError
from temporalio.service import RPCStatusCode

from temporal.recovery import reading
from temporal.recovery.held import Ledger
from temporal.recovery.http2.answer import Answer, Request, failed
from temporal.recovery.http2.listening import GrpcServer
from temporal.recovery.metrics import Metrics
from temporal.recovery.peers import Peers
from temporal.recovery.polls import Polls
from temporal.recovery.upstream import Upstream, is_final

LAST_WORDS_SECONDS = 120.0
"""How long a call that ends a task may take without a deadline of its own, in seconds."""

LAST_READ_SECONDS = 0.2
"""How long to read what a dead worker has said, in seconds: all of it is here by the time of its death."""


class Listener:
    """Forwards the calls of one worker process, messages unchanged, and reads what it must.

    Args:
        upstream: Where they go.
        polls: The polls of all workers.
        metrics: What is counted of them.

    Attributes:
        ledger: What the worker holds.
        port: The port on 127.0.0.1, once started.
        peers: Whose connections are accepted; until it is set, nobody's.
        open_calls: How many calls are under way.
        leaving: Whether the worker has told the server that it stops.
    """

    def __init__(self, upstream: Upstream, polls: Polls, metrics: Metrics) -> None:
        self._upstream = upstream
        self._polls = polls
        self._metrics = metrics
        self._poll: reading.Poll | None = None
        self.ledger = Ledger()
        self.port = 0
        self.peers: Peers | None = None
        self.open_calls = 0
        self.leaving = False
        self._server = GrpcServer(self.handle, reading.RESPONDS, self._admits)

    async def start(self) -> None:
        """Listens on a free port of 127.0.0.1."""
        self.port = await self._server.start()

    def admit(self, group: int) -> Peers:
        """Accepts the connections of a process group, and of nobody else."""
        self.peers = Peers(group, self.port)
        return self.peers

    async def _admits(self, port: int) -> bool:
        return self.peers is not None and await self.peers.admits(port)

    async def close(self) -> None:
        """Reads what a dead worker said last and closes the port; calls that must reach the server go on."""
        await self._server.close(LAST_READ_SECONDS)

    async def handle(self, request: Request) -> Answer:
        """Answers one call of the worker as the server does."""
        begun = time.perf_counter()
        self.leaving = self.leaving or request.method == reading.SHUTDOWN
        self.open_calls += 1
        try:
            answer = await self._answer(request)
        finally:
            self.open_calls -= 1
        added = None if request.method in reading.POLLS else time.perf_counter() - begun - answer.seconds
        self._metrics.forwarded(request.method, answer.code.name, added)
        return answer

    def _answer(self, request: Request) -> Awaitable[Answer]:
        try:
            if request.method in reading.POLLS:
                poll = reading.read_poll(request.method, request.message)
                return self._answer_poll(poll, lambda: self._upstream.forward(request))
            if request.method in reading.RESPONDS:
                return self._answer_respond(reading.token_of(request.method, request.message), request)
        except DecodeError:
            pass  # not for the gateway to judge: the server says what is wrong with it
        return self._answer_other(request)

    async def _answer_poll(self, poll: reading.Poll, forward: Callable[[], Awaitable[Answer]]) -> Answer:
        self._poll = poll
        self.ledger.saw_poll(poll.poller)
        answer = await self._polls.poll(self.ledger, poll.key, forward)
        if task := reading.task_in(poll, answer.response or b""):
            self.ledger.take(task)
        return answer

    async def _answer_respond(self, token: bytes, request: Request) -> Answer:
        """Forwards a task's end: what a worker said last counts, whether it lives or not."""
        self.ledger.answers(token)
        if call := asyncio.current_task():
            self.ledger.calls.add(call)
            call.add_done_callback(self.ledger.calls.discard)
        try:
            async with asyncio.timeout(request.seconds or LAST_WORDS_SECONDS):  # its caller may be gone
                answer = await self._upstream.forward(request)
        except TimeoutError:
            answer = failed(RPCStatusCode.DEADLINE_EXCEEDED, "no answer in time")
        finally:
            self.ledger.not_answered(token)  # the worker tries again, if it lives
        if is_final(answer):
            self.ledger.end(token)
        self._take_from(request, answer)
        return answer

    async def _answer_other(self, request: Request) -> Answer:
        answer = await self._upstream.forward(request)
        response = answer.response
        if request.method == reading.HEARTBEAT and response and reading.cancel_requested(response):
            self.ledger.cancel(reading.token_of(request.method, request.message))
        self._take_from(request, answer)
        return answer

    def _take_from(self, request: Request, answer: Answer) -> None:
        """Notes the tasks that the answer to a call other than a poll brought."""
        response = answer.response or b""
        for task in reading.tasks_in_reply(request.method, request.message, response, self._poll):
            self.ledger.take(task)
