"""The client's end: makes unary calls on one connection."""

import asyncio
from collections.abc import Callable

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

MOST_FIELD_BYTES = 1 << 20
"""The largest header list that is taken from a server, in bytes: an error's details travel in it."""

LAST_NUMBER = 0x7FFFFFFF

OF_RESET: dict[int, RPCStatusCode] = {
    Code.CANCEL: RPCStatusCode.CANCELLED,
    Code.ENHANCE_YOUR_CALM: RPCStatusCode.RESOURCE_EXHAUSTED,
}
"""What it means when a call is broken off for these reasons; any other one may pass."""

ENDING: Headers = ((b"te", b"trailers"), (b"content-type", b"application/grpc"))


class NotTakenError(Exception):
    """The server has not dealt with a call and never will: it can be made again elsewhere."""


class ClientConnection(Connection):
    """A connection to a server.

    Args:
        made: Where the connection is kept while its transport is open.
        gone: Told once it is not.

    Attributes:
        leaving: Whether it takes no further calls.
    """

    greeting = frames.PREFACE + frames.pack_settings({frames.ENABLE_PUSH: 0, **OUR_SETTINGS})

    def __init__(self, made: "list[ClientConnection]", gone: "Callable[[ClientConnection], None]") -> None:
        super().__init__(QUIET_SECONDS, PATIENCE_SECONDS, MOST_FIELD_BYTES)
        self._made = made
        self._tell_gone = gone
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._next = 1
        self._most = LAST_NUMBER
        self.leaving = False

    @property
    def has_room(self) -> bool:
        """Whether it takes a call now: a server may bear so many at a time only."""
        return not self.leaving and len(self.streams) < self._most

    async def call(self, request: Request, beginning: Headers) -> Answer:
        """Makes a call and returns whatever came of it; cancelled, it breaks the call off.

        Args:
            request: What is asked; its deadline is the server's to keep.
            beginning: Method, scheme and authority.

        Raises:
            NotTakenError: The server did not deal with it.
        """
        stream = self._sender.stream(self._next)
        self._next += 2
        self.leaving = self._next > LAST_NUMBER
        self.streams[stream.number] = stream
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[stream.number] = answer
        block = block_of((*beginning, (b":path", request.method.encode()), *ENDING, *request.metadata))
        if request.seconds is not None:
            block += literal(b"grpc-timeout", timeout_of(request.seconds))
        before = self.headers(stream.number, block, end=False)
        self._sender.send(stream, before, wrapped(request.message))
        try:
            return await answer
        finally:
            if stream.number in self.streams:
                self.reset(stream, Code.CANCEL)
            del self._answers[stream.number]
            self._leave_if_done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets the server."""
        super().connection_made(transport)
        self._made.append(self)
        self.greet()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends every call."""
        super().connection_lost(exc)
        self._made.remove(self)
        self._tell_gone(self)

    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Takes an answer's beginning or its end."""
        if stream := self.streams.get(number):
            stream.blocks.append(headers)
        return stream

    def message_came(self, stream: Stream) -> None:
        """Takes an answer; what is not sent yet of the question no longer matters."""
        if stream.number in self._sender.waiting:
            self.reset(stream, Code.NO_ERROR)
        self.streams.pop(stream.number, None)
        self._tell(stream, answer_of(stream.blocks, bytes(stream.data)))

    def reset_came(self, stream: Stream, code: int) -> None:
        """Takes the end of a call that was broken off."""
        if code == Code.REFUSED_STREAM:
            self._not_taken(stream)
            return
        status = OF_RESET.get(code, RPCStatusCode.UNAVAILABLE)
        self._tell(stream, failed(status, f"the call was broken off with code {code}"))

    def settings_came(self, settings: dict[int, int]) -> None:
        """Learns how many calls may be under way."""
        self._most = settings.get(frames.MAX_CONCURRENT_STREAMS, self._most)

    def goaway_came(self, last: int) -> None:
        """Makes no further calls here; the server deals with those up to `last`."""
        self.leaving = True
        for stream in [one for number, one in self.streams.items() if number > last]:
            self.streams.pop(stream.number)
            self._sender.forget(stream.number)
            self._not_taken(stream)
        self._leave_if_done()

    def lost(self, why: str) -> None:
        """Ends every call."""
        self.leaving = True
        for stream in self.streams.values():
            self._tell(stream, failed(RPCStatusCode.UNAVAILABLE, why))

    def _leave_if_done(self) -> None:
        if self.leaving and not self.streams:
            self.close()

    def _tell(self, stream: Stream, answer: Answer) -> None:
        future = self._answers.get(stream.number)
        if future and not future.done():
            future.set_result(answer)

    def _not_taken(self, stream: Stream) -> None:
        future = self._answers.get(stream.number)
        if future and not future.done():
            future.set_exception(NotTakenError())
