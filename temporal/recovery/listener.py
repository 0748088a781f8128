"""The gateway's side of one worker: a loopback port that forwards its calls and keeps its ledger."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from temporal.recovery import reading
from temporal.recovery.held import Ledger
from temporal.recovery.metrics import Metrics
from temporal.recovery.peers import Peers
from temporal.recovery.polls import Polls
from temporal.recovery.upstream import OPTIONS, Answer, Metadata, Upstream

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

OF_THE_CONNECTION = ("user-agent", "content-type", "te")
"""Metadata of the connection itself; the gateway's own connection has its own."""

KEEPALIVE = (
    # A connection whose other end does not answer for 5 s is cut; `hang` sees that.
    ("grpc.keepalive_time_ms", 5_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)


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
        self._server = grpc.aio.server(options=(*OPTIONS, *KEEPALIVE))
        self._server.add_generic_rpc_handlers((_EveryMethod(self),))

    async def start(self) -> None:
        """Listens on a free port of 127.0.0.1."""
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()

    def admit(self, group: int) -> Peers:
        """Accepts the connections of a process group, and of nobody else."""
        self.peers = Peers(group, self.port)
        return self.peers

    async def close(self) -> None:
        """Closes the port and every connection; calls that must reach the server go on."""
        await self._server.stop(None)

    async def handle(self, method: str, request: bytes, context: Context) -> bytes:
        """Answers one call of the worker, or aborts it as the server did."""
        begun = time.perf_counter()
        if self.peers is None or not await self.peers.admits(context.peer()):
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, "this port is another process's")
        metadata = [
            (name, value)
            for name, value in context.invocation_metadata() or ()
            if name not in OF_THE_CONNECTION and not name.startswith(("grpc-", ":"))
        ]
        self.leaving = self.leaving or method == reading.SHUTDOWN
        self.open_calls += 1
        try:
            answer = await self._answer(method, request, context.time_remaining(), metadata)
        finally:
            self.open_calls -= 1
        added = None if method in reading.POLLS else time.perf_counter() - begun - answer.seconds
        self._metrics.forwarded(method, answer.code.name, added)
        if answer.response is None:
            await context.abort(answer.code, answer.details, tuple(answer.metadata))
        context.set_trailing_metadata(tuple(answer.metadata))
        return answer.response or b""

    def _answer(
        self, method: str, request: bytes, seconds: float | None, metadata: Metadata
    ) -> Awaitable[Answer]:
        try:
            if method in reading.POLLS:
                return self._answer_poll(
                    reading.read_poll(method, request),
                    lambda: self._upstream.forward(method, request, seconds, metadata),
                )
            if method in reading.RESPONDS:
                token = reading.token_of(method, request)
                return self._answer_respond(token, method, request, seconds, metadata)
        except DecodeError:
            pass  # not for the gateway to judge: the server says what is wrong with it
        return self._answer_other(method, request, seconds, metadata)

    async def _answer_poll(self, poll: reading.Poll, forward: Callable[[], Awaitable[Answer]]) -> Answer:
        self._poll = poll
        self.ledger.saw_poll(poll.poller)
        answer = await self._polls.poll(self.ledger, poll.key, forward)
        if task := reading.task_in(poll, answer.response or b""):
            self.ledger.take(task)
        return answer

    async def _answer_respond(
        self, token: bytes, method: str, request: bytes, seconds: float | None, metadata: Metadata
    ) -> Answer:
        self.ledger.answers(token)
        call = asyncio.create_task(self._respond(token, method, request, seconds, metadata))
        self.ledger.calls.add(call)
        call.add_done_callback(self.ledger.calls.discard)
        return await asyncio.shield(call)  # what the worker said last counts, whether it lives or not

    async def _respond(
        self, token: bytes, method: str, request: bytes, seconds: float | None, metadata: Metadata
    ) -> Answer:
        answer = await self._upstream.forward(method, request, seconds, metadata)
        if answer.heard:
            self.ledger.end(token)
        else:  # the worker tries again, if it lives
            self.ledger.not_answered(token)
        for task in reading.tasks_in_reply(method, request, answer.response or b"", self._poll):
            self.ledger.take(task)
        return answer

    async def _answer_other(
        self, method: str, request: bytes, seconds: float | None, metadata: Metadata
    ) -> Answer:
        answer = await self._upstream.forward(method, request, seconds, metadata)
        if method == reading.HEARTBEAT and answer.response and reading.cancel_requested(answer.response):
            self.ledger.cancel(reading.token_of(method, request))
        for task in reading.tasks_in_reply(method, request, answer.response or b"", self._poll):
            self.ledger.take(task)
        return answer


class _EveryMethod(grpc.GenericRpcHandler):
    """Takes every unary method, known or not, as bytes."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        method = str(handler_call_details.method)

        async def handle(request: bytes, context: Context) -> bytes:
            return await self._listener.handle(method, request, context)

        return grpc.unary_unary_rpc_method_handler(handle)
