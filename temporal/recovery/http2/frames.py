"""HTTP/2 frames (RFC 9113, section 4): cut from a stream of bytes, and packed."""

from enum import IntEnum
from struct import Struct

HEAD = Struct(">BHBBI")
"""Length (24 bits as 8 and 16), type, flags, stream."""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client sends first."""

LONGEST = 16_384
"""The longest payload that a peer may send, in bytes: the protocol's default, which nobody here raises."""

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = range(5)
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(5, 10)
"""The types of frames."""

END_STREAM, ACK, END_HEADERS, PADDED, PRIORITISED = 0x1, 0x1, 0x4, 0x8, 0x20
"""The flags."""

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 1, 2, 3, 4, 5
"""The settings that are read or sent."""

Frame = tuple[int, int, int, bytes]
"""Type, flags, stream, payload."""


class Code(IntEnum):
    """Why a stream or a connection ended."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9
    ENHANCE_YOUR_CALM = 11


class ProtocolError(Exception):
    """The peer broke the protocol: its connection must end.

    Args:
        code: What to tell it.
        what: What it did.
    """

    def __init__(self, code: Code, what: str) -> None:
        super().__init__(what)
        self.code = code


def cut(data: bytes) -> tuple[list[Frame], bytes]:
    """Returns the frames that `data` holds whole, and what is left of it.

    Raises:
        ProtocolError: A frame is longer than LONGEST.
    """
    frames, at, end = [], 0, len(data)
    while at + 9 <= end:
        high, low, kind, flags, stream = HEAD.unpack_from(data, at)
        length = high << 16 | low
        if length > LONGEST:
            raise ProtocolError(Code.FRAME_SIZE_ERROR, f"a frame of {length} bytes")
        after = at + 9 + length
        if after > end:
            break
        frames.append((kind, flags, stream & 0x7FFFFFFF, data[at + 9 : after]))
        at = after
    return frames, data[at:]


def pack(kind: int, flags: int, stream: int, payload: bytes | memoryview = b"") -> bytes:
    """Returns a frame's bytes."""
    length = len(payload)
    return HEAD.pack(length >> 16, length & 0xFFFF, kind, flags, stream) + payload


def pack_headers(stream: int, block: bytes, *, end: bool) -> bytes:
    """Returns a header block as a HEADERS frame, followed by CONTINUATION frames when it is long."""
    flags = END_STREAM if end else 0
    if len(block) <= LONGEST:
        return pack(HEADERS, flags | END_HEADERS, stream, block)
    parts = [block[at : at + LONGEST] for at in range(0, len(block), LONGEST)]
    middle = [pack(CONTINUATION, 0, stream, part) for part in parts[1:-1]]
    return b"".join(
        [
            pack(HEADERS, flags, stream, parts[0]),
            *middle,
            pack(CONTINUATION, END_HEADERS, stream, parts[-1]),
        ]
    )


def pack_settings(settings: dict[int, int]) -> bytes:
    """Returns a SETTINGS frame."""
    pair = Struct(">HI")
    return pack(SETTINGS, 0, 0, b"".join(pair.pack(name, value) for name, value in settings.items()))


def read_settings(payload: bytes) -> dict[int, int]:
    """Returns the settings in a frame's payload.

    Raises:
        ProtocolError: It is no list of settings.
    """
    if len(payload) % 6:
        raise ProtocolError(Code.FRAME_SIZE_ERROR, "settings that are cut off")
    return dict(Struct(">HI").iter_unpack(payload))


def number_in(payload: bytes, at: int = 0) -> int:
    """Returns the number of 31 bits in a payload: a window's or a stream's, or a code.

    Raises:
        ProtocolError: The payload is too short.
    """
    if len(payload) < at + 4:
        raise ProtocolError(Code.FRAME_SIZE_ERROR, "a frame that is too short")
    return int.from_bytes(payload[at : at + 4], "big") & 0x7FFFFFFF


def without_padding(flags: int, payload: bytes) -> bytes:
    """Returns the payload of a DATA or HEADERS frame without padding and priority.

    Raises:
        ProtocolError: The padding is longer than the payload.
    """
    if not flags & (PADDED | PRIORITISED):
        return payload
    start, end = 0, len(payload)
    if flags & PADDED:
        if not payload:
            raise ProtocolError(Code.FRAME_SIZE_ERROR, "padding without a length")
        start, end = 1, end - payload[0]
    if flags & PRIORITISED:
        start += 5
    if start > end:
        raise ProtocolError(Code.PROTOCOL_ERROR, "more padding than payload")
    return payload[start:end]
