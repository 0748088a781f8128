"""What both ends of an HTTP/2 connection share: the greeting, frames in, pings, and the end."""

import asyncio
import logging
from typing import cast

from temporal.recovery.http2 import frames
from temporal.recovery.http2.blocks import BlockReader
from temporal.recovery.http2.end import End
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.headers import NO_TABLE
from temporal.recovery.http2.keepalive import Keepalive
from temporal.recovery.http2.messages import MOST_BYTES
from temporal.recovery.http2.sending import WIDEST, WINDOW, Sender, Stream

log = logging.getLogger("temporal.recovery")

GIVE_BACK = 1 << 20
"""After so many received bytes the connection's window is opened again. It is as wide as can be, like those
of streams: what a peer may send is for the methods' own limits to say."""

OUR_SETTINGS = {frames.INITIAL_WINDOW_SIZE: WIDEST}
PING = b"gateway?"

MOST_UNREAD = 4 << 20
"""A peer that does not read so many bytes gets no more answers to its pings."""

PART_SECONDS = 1.0
"""How long the peer may take to say goodbye, in seconds: with TLS both sides do."""


class Connection(End):
    """One end of a connection; `server` and `client` say what their streams are for.

    Args:
        quiet: After so many seconds without a word from the peer it is asked whether it is there.
        patience: So many seconds later the connection is cut, if there is no answer.
        most: The largest header list that is taken, in bytes.

    Attributes:
        streams: The calls under way, by number.
        heard: Whether the peer has said anything yet.
        closed: Whether the connection is over.
        parted: Set once its transport is closed too.
    """

    greeting = frames.pack_settings(OUR_SETTINGS)

    def __init__(self, quiet: float, patience: float, most: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._keepalive = Keepalive(quiet, patience, self._ask, self._gone)
        self._rest = b""
        self._blocks = BlockReader(most)
        self._prefix = NO_TABLE
        self._received = 0
        self._newest = 0  # the last stream that the peer began
        self._sender = Sender(self.write)
        self.streams: dict[int, Stream] = {}
        self.heard = False
        self.closed = False
        self.parted = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport; `greet` comes next."""
        self._transport = cast("asyncio.Transport", transport)

    def greet(self) -> None:
        """Says what HTTP/2 begins with."""
        self._keepalive.start()
        wide = frames.pack(frames.WINDOW_UPDATE, 0, 0, (WIDEST - WINDOW).to_bytes(4, "big"))
        self.write(self.greeting + wide)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends every stream."""
        self._end(str(exc) if exc else "the connection was closed")
        self.parted.set()

    def data_received(self, data: bytes) -> None:
        """Reads frames."""
        self._keepalive.heard()
        try:
            came, self._rest = frames.cut(self._rest + data if self._rest else data)
            for frame in came:
                if self.closed:
                    return
                self.heard = True
                self._take(*frame)
        except ProtocolError as error:
            log.warning("a connection is cut: %s", error)
            self.close(error.code)

    def write(self, data: bytes) -> None:
        """Sends frames."""
        if self._transport and not self.closed:
            self._transport.write(data)

    def headers(self, number: int, block: bytes, *, end: bool) -> bytes:
        """Returns a header block's frames, to be sent before any other block."""
        block, self._prefix = self._prefix + block, b""
        return frames.pack_headers(number, block, end=end)

    def reset(self, stream: Stream, code: Code) -> None:
        """Breaks a stream off."""
        self.streams.pop(stream.number, None)
        self._sender.forget(stream.number)
        self.write(frames.pack(frames.RST_STREAM, 0, stream.number, code.to_bytes(4, "big")))

    def close(self, code: Code = Code.NO_ERROR) -> None:
        """Tells the peer why, closes the connection and ends every stream."""
        if self._transport and not self.closed:
            said = self._newest.to_bytes(4, "big") + code.to_bytes(4, "big")
            self.write(frames.pack(frames.GOAWAY, 0, 0, said))
            self._transport.close()  # sends what was written before
            self._loop.call_later(PART_SECONDS, self._transport.abort)
        self._end("the connection was closed")

    async def part(self) -> None:
        """Closes the connection, and returns when its transport is closed too."""
        self.close()
        await self.parted.wait()

    def _end(self, why: str) -> None:
        if self.closed:
            return
        self.closed = True
        self._keepalive.stop()
        self.lost(why)
        self.streams.clear()

    def _take(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if kind in (frames.HEADERS, frames.CONTINUATION) or self._blocks.under_way:
            if block := self._blocks.take(kind, flags, number, payload):
                number, flags, headers = block
                if stream := self.headers_came(number, headers):
                    self._end_of(stream, flags)
        elif kind == frames.DATA:
            self._take_data(flags, number, payload)
        elif kind == frames.WINDOW_UPDATE:
            stream = self.streams.get(number) or self._sender.waiting.get(number)
            if stream or not number:
                self._sender.opened(stream, frames.number_in(payload))
        elif kind == frames.PING:
            if not flags & frames.ACK:
                self._acknowledge(frames.PING, payload)
        elif kind == frames.RST_STREAM:
            self._sender.forget(number)
            if stream := self.streams.pop(number, None):
                self.reset_came(stream, frames.number_in(payload))
        elif kind == frames.SETTINGS:
            if not flags & frames.ACK:
                settings = frames.read_settings(payload)
                self._sender.settings(settings, self.streams.values())
                self.settings_came(settings)
                self._acknowledge(frames.SETTINGS, b"")
        elif kind == frames.GOAWAY:
            self.goaway_came(frames.number_in(payload))
        elif kind == frames.PUSH_PROMISE:
            raise ProtocolError(Code.PROTOCOL_ERROR, "a push that nobody asked for")

    def _take_data(self, flags: int, number: int, payload: bytes) -> None:
        self._received += len(payload)
        if self._received >= GIVE_BACK:
            self.write(frames.pack(frames.WINDOW_UPDATE, 0, 0, self._received.to_bytes(4, "big")))
            self._received = 0
        stream = self.streams.get(number)
        if stream and not stream.ended:
            stream.data += frames.without_padding(flags & frames.PADDED, payload)
            if len(stream.data) > MOST_BYTES:
                self.reset(stream, Code.ENHANCE_YOUR_CALM)
                self.reset_came(stream, Code.ENHANCE_YOUR_CALM)
            else:
                self._end_of(stream, flags)

    def _acknowledge(self, kind: int, payload: bytes) -> None:
        if self._transport and self._transport.get_write_buffer_size() > MOST_UNREAD:
            raise ProtocolError(Code.ENHANCE_YOUR_CALM, "questions without reading the answers")
        self.write(frames.pack(kind, frames.ACK, 0, payload))

    def _end_of(self, stream: Stream, flags: int) -> None:
        if flags & frames.END_STREAM and not stream.ended:
            stream.ended = True
            self.message_came(stream)

    def _ask(self) -> None:
        self.write(frames.pack(frames.PING, 0, 0, PING))

    def _gone(self, seconds: float) -> None:
        if self._transport:
            self._transport.abort()
        self._end(f"the peer did not answer for {seconds:g} s")
