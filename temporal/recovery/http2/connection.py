"""What both ends of an HTTP/2 connection share: the greeting, frames in, pings, and the end."""

import asyncio
import logging
from typing import cast

from temporal.recovery.http2 import frames
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.headers import MOST_BYTES, HeaderReader, Headers
from temporal.recovery.http2.keepalive import Keepalive
from temporal.recovery.http2.sending import WIDEST, WINDOW, Sender, Stream

log = logging.getLogger("temporal.recovery")

GIVE_BACK = 1 << 20
"""After so many received bytes the connection's window is opened again. It is as wide as can be, like those
of streams: what a peer may send is for the methods' own limits to say."""

OUR_SETTINGS = {frames.INITIAL_WINDOW_SIZE: WIDEST}
PING = b"gateway?"


class Connection(asyncio.Protocol):
    """One end of a connection; `server` and `client` say what their streams are for.

    Args:
        quiet: After so many seconds without a word from the peer it is asked whether it is there.
        patience: So many seconds later the connection is cut, if there is no answer.

    Attributes:
        streams: The calls under way, by number.
        heard: Whether the peer has said anything yet.
        closed: Whether the connection is over.
    """

    greeting = frames.pack_settings(OUR_SETTINGS)

    def __init__(self, quiet: float, patience: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._keepalive = Keepalive(quiet, patience, self._ask, self._gone)
        self._rest = b""
        self._reader = HeaderReader()
        self._block: tuple[int, int, bytes] | None = None
        self._received = 0
        self._sender = Sender(self.write)
        self.streams: dict[int, Stream] = {}
        self.heard = False
        self.closed = False

    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Takes a header block; returns its stream, or None for one that is over."""
        raise NotImplementedError

    def message_came(self, stream: Stream) -> None:
        """Takes the end of what the peer sends on a stream."""
        raise NotImplementedError

    def reset_came(self, stream: Stream, code: int) -> None:
        """Takes the end of a stream that the peer broke off; it is forgotten already."""
        raise NotImplementedError

    def settings_came(self, settings: dict[int, int]) -> None:
        """Takes the peer's settings, beyond what concerns sending."""

    def goaway_came(self, last: int) -> None:
        """Takes the news that the peer deals with no stream above `last`."""

    def lost(self, why: str) -> None:
        """Takes the end of the connection."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets the peer."""
        self._transport = cast("asyncio.Transport", transport)
        wide = frames.pack(frames.WINDOW_UPDATE, 0, 0, (WIDEST - WINDOW).to_bytes(4, "big"))
        self.write(self.greeting + wide)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends every stream."""
        self._end(str(exc) if exc else "the connection was closed")

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

    def reset(self, stream: Stream, code: Code) -> None:
        """Breaks a stream off."""
        self.streams.pop(stream.number, None)
        self._sender.forget(stream.number)
        self.write(frames.pack(frames.RST_STREAM, 0, stream.number, code.to_bytes(4, "big")))

    def close(self, code: Code = Code.NO_ERROR) -> None:
        """Tells the peer why, closes the connection and ends every stream."""
        if self._transport and not self.closed:
            last = max(self.streams, default=0)
            self.write(frames.pack(frames.GOAWAY, 0, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big")))
            self._transport.close()  # sends what was written before
        self._end("the connection was closed")

    def _end(self, why: str) -> None:
        if self.closed:
            return
        self.closed = True
        self._keepalive.stop()
        self.lost(why)
        self.streams.clear()

    def _take(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        if self._block is not None and (kind != frames.CONTINUATION or number != self._block[0]):
            raise ProtocolError(Code.PROTOCOL_ERROR, "a header block that is broken off")
        if kind == frames.DATA:
            self._take_data(flags, number, payload)
        elif kind == frames.HEADERS:
            self._take_headers(flags, number, frames.without_padding(flags, payload))
        elif kind == frames.CONTINUATION:
            if self._block is None:
                raise ProtocolError(Code.PROTOCOL_ERROR, "the rest of no header block")
            number, first, begun = self._block
            self._take_headers(flags | first, number, begun + payload)
        elif kind == frames.WINDOW_UPDATE:
            stream = self.streams.get(number) or self._sender.waiting.get(number)
            if stream or not number:
                self._sender.opened(stream, frames.number_in(payload))
        elif kind == frames.PING:
            if not flags & frames.ACK:
                self.write(frames.pack(frames.PING, frames.ACK, 0, payload))
        elif kind == frames.RST_STREAM:
            self._sender.forget(number)
            if stream := self.streams.pop(number, None):
                self.reset_came(stream, frames.number_in(payload))
        elif kind == frames.SETTINGS:
            if not flags & frames.ACK:
                settings = frames.read_settings(payload)
                self._sender.settings(settings, self.streams.values())
                self.settings_came(settings)
                self.write(frames.pack(frames.SETTINGS, frames.ACK, 0))
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
            self._end_of(stream, flags)

    def _take_headers(self, flags: int, number: int, block: bytes) -> None:
        if not flags & frames.END_HEADERS:
            if len(block) > MOST_BYTES:
                raise ProtocolError(Code.ENHANCE_YOUR_CALM, f"a header block of {len(block)} bytes")
            self._block = (number, flags, block)
            return
        self._block = None
        # Also of a stream that is over: every block changes the tables of the next one.
        if stream := self.headers_came(number, self._reader.read(block)):
            self._end_of(stream, flags)

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
