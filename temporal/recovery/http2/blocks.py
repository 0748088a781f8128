"""Header blocks, put together from their frames (RFC 9113, section 4.3) and decoded."""

from temporal.recovery.http2 import frames
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.headers import HeaderReader, Headers

Block = tuple[int, int, Headers]
"""Stream, flags of its first frame, fields."""


class BlockReader:
    """Takes HEADERS and CONTINUATION frames.

    Args:
        most: The largest header list that is taken, in bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._reader = HeaderReader(most)
        self._begun: tuple[int, int, bytes] | None = None

    @property
    def under_way(self) -> bool:
        """Whether a block has begun: until it ends, no other frame may come."""
        return self._begun is not None

    def take(self, kind: int, flags: int, number: int, payload: bytes) -> Block | None:
        """Takes a frame; returns the block that it ends.

        Every block is decoded, also of a stream that is over: it changes the tables of the next one.

        Raises:
            ProtocolError: The frame is out of order, or the block too large or none.
        """
        if kind == frames.HEADERS and self._begun is None:
            first, block = flags, frames.without_padding(flags, payload)
        elif kind == frames.CONTINUATION and self._begun is not None and self._begun[0] == number:
            _, first, begun = self._begun
            block = begun + payload
        else:
            raise ProtocolError(Code.PROTOCOL_ERROR, "a header block that is broken off")
        if flags & frames.END_HEADERS:
            self._begun = None
            return number, first, self._reader.read(block)
        if len(block) > self._most:
            raise ProtocolError(Code.ENHANCE_YOUR_CALM, f"a header block of {len(block)} bytes")
        self._begun = (number, first, block)
        return None
