"""gRPC's wrapping of a message: a flag for compression and a length before it."""

import zlib

from temporal.recovery.http2.frames import Code, ProtocolError

MOST_BYTES = 128 << 20
"""The largest message, in bytes: many times what Temporal's server takes or sends."""

WINDOW_BITS = {b"gzip": 31, b"deflate": 15}
"""The compressions of gRPC, each with what zlib wants to be told of it."""


def wrapped(message: bytes) -> bytes:
    """Returns a message as it is sent: uncompressed."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def unwrapped(data: bytes, encoding: bytes | None) -> bytes | None:
    """Returns the one message in what came, uncompressed; None when there is none.

    Args:
        data: All data of one direction of a call.
        encoding: The call's `grpc-encoding`.

    Raises:
        ProtocolError: It is cut off, is followed by another, or its compression is unknown.
    """
    if not data:
        return None
    length = int.from_bytes(data[1:5], "big")
    if len(data) != 5 + length:
        raise ProtocolError(Code.PROTOCOL_ERROR, f"one message of {length} bytes in {len(data)}")
    message = data[5:]
    if not data[0]:
        return message
    if encoding not in WINDOW_BITS:
        raise ProtocolError(Code.PROTOCOL_ERROR, f"a message in {encoding!r}")
    inflating = zlib.decompressobj(WINDOW_BITS[encoding])
    try:
        inflated = inflating.decompress(message, MOST_BYTES)
    except zlib.error as error:
        raise ProtocolError(Code.PROTOCOL_ERROR, f"a message that is no {encoding!r}") from error
    if not inflating.eof:
        raise ProtocolError(Code.PROTOCOL_ERROR, f"a message in {encoding!r} that is cut off or too large")
    return inflated
