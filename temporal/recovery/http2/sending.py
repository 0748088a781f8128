"""Sends no more than the peer's windows allow (RFC 9113, section 5.2), and the rest when they open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from temporal.recovery.http2 import frames
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.headers import Headers

WINDOW = 65_535
"""A window's size before anything else is said, in bytes."""

WIDEST = 0x7FFFFFFF
"""The widest window, in bytes."""


@dataclass(slots=True, eq=False)
class Stream:
    """One call on a connection.

    Attributes:
        number: Its number.
        window: How many bytes of data may still be sent.
        blocks: The header blocks that came: the first, and the trailers.
        data: The data that came.
        ended: Whether the peer has sent all that it will.
        unsent: Data that waits for a window.
        behind: The frames to send behind it; without any, the data ends the stream.
    """

    number: int
    window: int
    blocks: list[Headers] = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    ended: bool = False
    unsent: bytes | memoryview = b""
    behind: bytes = b""


class Sender:
    """The sending side of a connection.

    Args:
        write: Puts bytes on the connection.

    Attributes:
        window: How many bytes of data may still be sent on the whole connection.
        waiting: The streams with data that waits, by number.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._first_window = WINDOW
        self._longest = frames.LONGEST
        self.window = WINDOW
        self.waiting: dict[int, Stream] = {}

    def stream(self, number: int) -> Stream:
        """Returns a new stream with the window that the peer gives to each."""
        return Stream(number, self._first_window)

    def send(self, stream: Stream, before: bytes, data: bytes, behind: bytes = b"") -> None:
        """Sends a stream's data between other frames of it.

        Args:
            stream: The stream.
            before: Its header frames.
            data: The data.
            behind: The frames that end the stream; without any, the data ends it.
        """
        size = len(data)
        if size <= self._longest and size <= self.window and size <= stream.window:  # nearly always
            self.window -= size
            stream.window -= size
            flags = 0 if behind else frames.END_STREAM
            self._write(before + frames.pack(frames.DATA, flags, stream.number, data) + behind)
            return
        self._write(before)
        stream.unsent, stream.behind = memoryview(data), behind
        self._go_on(stream)

    def opened(self, stream: Stream | None, size: int) -> None:
        """Takes a window update: of one stream, or of the connection.

        Raises:
            ProtocolError: The window would be wider than any may be.
        """
        if stream is None:
            self.window += size
            self._check(self.window)
            for one in list(self.waiting.values()):
                self._go_on(one)
        else:
            stream.window += size
            self._check(stream.window)
            if stream.number in self.waiting:
                self._go_on(stream)

    def settings(self, settings: dict[int, int], streams: Iterable[Stream]) -> None:
        """Takes the peer's settings; a new first window changes those of its streams too."""
        self._longest = settings.get(frames.MAX_FRAME_SIZE, self._longest)
        if not frames.LONGEST <= self._longest < 1 << 24:
            raise ProtocolError(Code.PROTOCOL_ERROR, f"a setting of {self._longest} bytes a frame")
        first = settings.get(frames.INITIAL_WINDOW_SIZE)
        if first is None:
            return
        more, self._first_window = first - self._first_window, first
        self._check(first)
        for stream in {*streams, *self.waiting.values()}:
            stream.window += more
            if stream.number in self.waiting:
                self._go_on(stream)

    def forget(self, number: int) -> None:
        """Sends no more of a stream's data."""
        self.waiting.pop(number, None)

    def _go_on(self, stream: Stream) -> None:
        while stream.unsent:
            size = min(len(stream.unsent), self._longest, self.window, stream.window)
            if size <= 0:
                self.waiting[stream.number] = stream
                return
            part, stream.unsent = stream.unsent[:size], stream.unsent[size:]
            self.window -= size
            stream.window -= size
            last = not stream.unsent and not stream.behind
            self._write(frames.pack(frames.DATA, frames.END_STREAM if last else 0, stream.number, part))
        self.waiting.pop(stream.number, None)
        if stream.behind:
            self._write(stream.behind)

    def _check(self, window: int) -> None:
        if window > WIDEST:
            raise ProtocolError(Code.FLOW_CONTROL_ERROR, "a window of more than 2 GB")
