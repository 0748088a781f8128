"""The client's end: makes unary calls on one connection."""

import asyncio
from collections import deque
from contextlib import suppress

from temporalio.service import RPCStatusCode

from temporal.recovery.http2 import frames
from temporal.recovery.http2.answer import Answer, Request, answer_of, failed
from temporal.recovery.http2.connection import OUR_SETTINGS, Connection
from temporal.recovery.http2.frames import Code
from temporal.recovery.http2.headers import Headers, block_of, literal, timeout_of
from temporal.recovery.http2.messages import wrapped
from temporal.recovery.http2.sending import Stream

QUIET_SECONDS, PATIENCE_SECONDS = 15.0, 10.0
"""A server that says nothing for so long is asked, as Temporal's bears every 10 s; one that does not answer
for so long is gone. In seconds."""

LAST_NUMBER = 0x7FFFFFFF

OF_RESET: dict[int, RPCStatusCode] = {
    Code.CANCEL: RPCStatusCode.CANCELLED,
    Code.ENHANCE_YOUR_CALM: RPCStatusCode.RESOURCE_EXHAUSTED,
}
"""What it means when the server breaks a call off for these reasons; any other one may pass."""

ENDING: Headers = ((b"te", b"trailers"), (b"content-type", b"application/grpc"))


class NotTakenError(Exception):
    """The server has not dealt with a call and never will: it can be made again elsewhere."""


class ClientConnection(Connection):
    """A connection to a server.

    Args:
        open_ones: Where the connection is kept while its transport is open.

    Attributes:
        leaving: Whether it takes no further calls.
    """

    greeting = frames.PREFACE + frames.pack_settings({frames.ENABLE_PUSH: 0, **OUR_SETTINGS})

    def __init__(self, open_ones: "set[ClientConnection]") -> None:
        super().__init__(QUIET_SECONDS, PATIENCE_SECONDS)
        self._open_ones = open_ones
        self._parted = asyncio.Event()
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._next = 1
        self._most = LAST_NUMBER
        self._queue: deque[asyncio.Future[None]] = deque()
        self.leaving = False

    async def call(self, request: Request, beginning: Headers) -> Answer:
        """Makes a call and returns whatever came of it; cancelled, it breaks the call off.

        Args:
            request: What is asked; its deadline is the server's to keep.
            beginning: Method, scheme and authority.

        Raises:
            NotTakenError: The server did not deal with it.
        """
        while len(self.streams) >= self._most and not self.leaving:
            await self._turn()
        if self.leaving:
            raise NotTakenError
        stream = self._sender.stream(self._next)
        self._next += 2
        self.leaving = self._next > LAST_NUMBER
        self.streams[stream.number] = stream
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[stream.number] = answer
        block = block_of((*beginning, (b":path", request.method.encode()), *ENDING, *request.metadata))
        if request.seconds is not None:
            block += literal(b"grpc-timeout", timeout_of(request.seconds))
        before = frames.pack_headers(stream.number, block, end=False)
        self._sender.send(stream, before, wrapped(request.message))
        try:
            return await answer
        finally:
            if stream.number in self.streams:
                self.reset(stream, Code.CANCEL)
            del self._answers[stream.number]
            self._let_next()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets the server."""
        super().connection_made(transport)
        self._open_ones.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends every call."""
        super().connection_lost(exc)
        self._open_ones.discard(self)
        self._parted.set()

    async def part(self, seconds: float) -> None:
        """Closes the connection, and cuts it when that takes longer than so many seconds."""
        self.close()
        try:
            async with asyncio.timeout(seconds):
                await self._parted.wait()
        except TimeoutError:
            if self._transport:
                self._transport.abort()

    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Takes an answer's beginning or its end."""
        if stream := self.streams.get(number):
            stream.blocks.append(headers)
        return stream

    def message_came(self, stream: Stream) -> None:
        """Takes an answer."""
        self.streams.pop(stream.number, None)
        self._sender.forget(stream.number)
        self._tell(stream, answer_of(stream.blocks, bytes(stream.data)))

    def reset_came(self, stream: Stream, code: int) -> None:
        """Takes the end of a call that the server broke off."""
        if code == Code.REFUSED_STREAM:
            self._fail(stream)
            return
        status = OF_RESET.get(code, RPCStatusCode.UNAVAILABLE)
        self._tell(stream, failed(status, f"the server broke the call off with code {code}"))

    def settings_came(self, settings: dict[int, int]) -> None:
        """Learns how many calls may be under way."""
        self._most = settings.get(frames.MAX_CONCURRENT_STREAMS, self._most)
        self._let_next()

    def goaway_came(self, last: int) -> None:
        """Makes no further calls here; the server deals with those up to `last`."""
        self.leaving = True
        for stream in [one for number, one in self.streams.items() if number > last]:
            self.streams.pop(stream.number)
            self._sender.forget(stream.number)
            self._fail(stream)
        self._let_next()

    def lost(self, why: str) -> None:
        """Ends every call."""
        self.leaving = True
        for stream in self.streams.values():
            self._tell(stream, failed(RPCStatusCode.UNAVAILABLE, why))
        self._let_next()

    async def _turn(self) -> None:
        """Waits until the server bears another call."""
        turn = self._loop.create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._let_next()  # the place may have been this one's already
            raise

    def _tell(self, stream: Stream, answer: Answer) -> None:
        future = self._answers.get(stream.number)
        if future and not future.done():
            future.set_result(answer)

    def _fail(self, stream: Stream) -> None:
        future = self._answers.get(stream.number)
        if future and not future.done():
            future.set_exception(NotTakenError())

    def _let_next(self) -> None:
        """Wakes calls that wait for a place; all of them, once there will be none."""
        if self.leaving and not self.closed and not self.streams:
            self.close()
        places = self._most - len(self.streams)
        while self._queue and (self.leaving or places > 0):
            with suppress(asyncio.InvalidStateError):
                self._queue.popleft().set_result(None)
            places -= 1
