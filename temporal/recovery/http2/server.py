"""The server's end: takes unary calls from one peer and answers each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Coroutine
from functools import lru_cache
from typing import Any, cast

from temporalio.service import RPCStatusCode

from temporal.recovery.http2 import frames
from temporal.recovery.http2.answer import Answer, Request, failed, metadata_in
from temporal.recovery.http2.connection import Connection
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.headers import BLOCKS, Headers, block_of, escaped, seconds_in, value_of
from temporal.recovery.http2.messages import unwrapped, wrapped
from temporal.recovery.http2.sending import Stream

log = logging.getLogger("temporal.recovery")

QUIET_SECONDS, PATIENCE_SECONDS = 5.0, 5.0
"""A peer that says nothing for so long is asked; one that does not answer for so long is gone. In seconds."""

MOST_FIELD_BYTES = 64 << 10
"""The largest header list that is taken from a caller, in bytes."""

STRANGER_SECONDS = 1.0
"""How long a caller that may not call keeps its connection, in seconds: long enough to be told."""

BEGINNING: Headers = ((b":status", b"200"), (b"content-type", b"application/grpc"))

Handler = Callable[[Request], Awaitable[Answer]]
Admits = Callable[[int], Coroutine[Any, Any, bool]]


class ServerConnection(Connection):
    """One caller's connection.

    Args:
        handler: Answers each call; cancelled when its caller is gone.
        outliving: Methods whose calls go on then.
        admits: Tells from its port whether a caller may call.
        connections: Where the connection is kept while it is open.
    """

    def __init__(
        self,
        handler: Handler,
        outliving: Container[str],
        admits: Admits,
        connections: "set[ServerConnection]",
    ) -> None:
        super().__init__(QUIET_SECONDS, PATIENCE_SECONDS, MOST_FIELD_BYTES)
        self._handler = handler
        self._outliving = outliving
        self._admits = admits
        self._connections = connections
        self._going_on: set[asyncio.Task[None]] = set()
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._greeted = False
        self._admitting: asyncio.Task[None] | None = None
        self._welcome = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Finds out who it is before it reads or says a word."""
        super().connection_made(transport)
        self._connections.add(self)
        self._admitting = self._loop.create_task(self._admit(cast("asyncio.Transport", transport)))

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives every call up."""
        super().connection_lost(exc)
        self._connections.discard(self)

    async def _admit(self, transport: asyncio.Transport) -> None:
        # Not in `connection_made`, after which early releases of Python 3.11 begin to read whatever was said.
        transport.pause_reading()
        try:
            self._welcome = await self._admits(transport.get_extra_info("peername")[1])
        except Exception:
            log.exception("a caller could not be looked at, and is refused")
        if not self._welcome:
            self._loop.call_later(STRANGER_SECONDS, self.close)
        self.greet()
        transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Reads frames, behind the words that every HTTP/2 client begins with."""
        if not self._greeted:
            self._rest += data
            if not frames.PREFACE.startswith(self._rest[: len(frames.PREFACE)]):
                self.close(Code.PROTOCOL_ERROR)
            elif len(self._rest) >= len(frames.PREFACE):
                self._greeted = True
                data, self._rest = self._rest[len(frames.PREFACE) :], b""
                super().data_received(data)
            return
        super().data_received(data)

    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Begins a call, or refuses a stranger's; also takes trailers, of which gRPC's callers send none."""
        if stream := self.streams.get(number):
            stream.blocks.append(headers)
            return stream
        if number <= self._newest:  # broken off meanwhile
            return None
        self._newest = number
        stream = self.streams[number] = self._sender.stream(number)
        stream.blocks.append(headers)
        if not self._welcome:
            self._send(stream, failed(RPCStatusCode.PERMISSION_DENIED, "this port is another process's"))
            self.close()
            return None
        return stream

    def message_came(self, stream: Stream) -> None:
        """Has a call answered."""
        try:
            request = _request(stream)
        except ProtocolError as error:
            self._send(stream, failed(RPCStatusCode.UNIMPLEMENTED, str(error)))
            return
        call = self._loop.create_task(self._serve(stream, request))
        if request.method in self._outliving:
            self._going_on.add(call)
            call.add_done_callback(self._going_on.discard)
        else:
            self._calls[stream.number] = call

    def reset_came(self, stream: Stream, code: int) -> None:
        """Gives a call up."""
        if call := self._calls.pop(stream.number, None):
            call.cancel()

    def lost(self, why: str) -> None:
        """Gives every call up."""
        if self._admitting:
            self._admitting.cancel()
        for call in self._calls.values():
            call.cancel()
        self._calls.clear()

    async def _serve(self, stream: Stream, request: Request) -> None:
        try:
            answer = await self._handler(request)
        except Exception:
            log.exception("a call could not be answered")
            answer = failed(RPCStatusCode.INTERNAL, "the call could not be answered")
        self._calls.pop(stream.number, None)
        self._send(stream, answer)

    def _send(self, stream: Stream, answer: Answer) -> None:
        if self.streams.pop(stream.number, None) is None:  # its caller is gone
            return
        status = (b"grpc-status", str(answer.code.value).encode())
        if answer.response is None:
            message = (b"grpc-message", escaped(answer.details))
            block = block_of((*BEGINNING, *answer.initial, status, message, *answer.metadata))
            self.write(self.headers(stream.number, block, end=True))
            return
        before = self.headers(stream.number, block_of((*BEGINNING, *answer.initial)), end=False)
        behind = frames.pack_headers(stream.number, block_of((status, *answer.metadata)), end=True)
        self._sender.send(stream, before, wrapped(answer.response), behind)


def _request(stream: Stream) -> Request:
    """Returns the call that came on a stream.

    Raises:
        ProtocolError: It has not one message.
    """
    method, metadata, seconds, encoding = _head(stream.blocks[0])
    message = unwrapped(bytes(stream.data), encoding)
    if message is None:
        raise ProtocolError(Code.PROTOCOL_ERROR, "a call without a message")
    return Request(method, message, metadata, seconds)


@lru_cache(BLOCKS)
def _head(headers: Headers) -> tuple[str, Headers, float | None, bytes | None]:
    """Returns a call's method, metadata, deadline in seconds and compression."""
    timeout = value_of(b"grpc-timeout", headers)
    return (
        (value_of(b":path", headers) or b"").decode("latin-1"),
        metadata_in(headers),
        seconds_in(timeout) if timeout else None,
        value_of(b"grpc-encoding", headers),
    )
