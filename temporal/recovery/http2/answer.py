"""A unary call's two sides: what was asked, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.service import RPCStatusCode

from temporal.recovery.http2.frames import ProtocolError
from temporal.recovery.http2.headers import Headers, unescaped, value_of
from temporal.recovery.http2.messages import unwrapped

OF_HTTP = {
    b"400": RPCStatusCode.INTERNAL,
    b"401": RPCStatusCode.UNAUTHENTICATED,
    b"403": RPCStatusCode.PERMISSION_DENIED,
    b"404": RPCStatusCode.UNIMPLEMENTED,
    b"429": RPCStatusCode.UNAVAILABLE,
    b"502": RPCStatusCode.UNAVAILABLE,
    b"503": RPCStatusCode.UNAVAILABLE,
    b"504": RPCStatusCode.UNAVAILABLE,
}
"""What the HTTP status of something between here and a gRPC server means, by gRPC's own table."""

OF_THE_HOP = frozenset(
    {
        b"content-length",
        b"content-type",
        b"grpc-accept-encoding",
        b"grpc-encoding",
        b"grpc-message",
        b"grpc-status",
        b"grpc-timeout",
        b"te",
    }
)
"""Fields that each hop says anew; all others are metadata."""

CODES = {str(code.value).encode(): code for code in RPCStatusCode}


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it was made.

    Attributes:
        method: The full name, `/PACKAGE.SERVICE/METHOD`.
        message: The message's bytes.
        metadata: What the caller sent along, as it was on the wire.
        seconds: The deadline, in seconds from now; None for none.
    """

    method: str
    message: bytes
    metadata: Headers = ()
    seconds: float | None = None


@dataclass(slots=True)
class Answer:
    """What the server said to one call, to be passed on as it is.

    Attributes:
        response: The message's bytes; None when the call failed.
        metadata: The trailing metadata; with a failure's `grpc-status-details-bin`.
        code: The failure's status code; OK otherwise.
        details: The failure's message.
        seconds: How long the server took, network included.
        initial: The metadata that came before the message.
    """

    response: bytes | None
    metadata: Headers = ()
    code: RPCStatusCode = RPCStatusCode.OK
    details: str = ""
    seconds: float = 0.0
    initial: Headers = ()


def failed(code: RPCStatusCode, details: str) -> Answer:
    """Returns the answer to a call of which nothing came but this."""
    return Answer(response=None, code=code, details=details)


def metadata_in(headers: Headers) -> Headers:
    """Returns the metadata among a block's fields."""
    return tuple(field for field in headers if field[0] not in OF_THE_HOP and not field[0].startswith(b":"))


def answer_of(blocks: Sequence[Headers], data: bytes) -> Answer:
    """Returns what a server said.

    Args:
        blocks: The header blocks of the stream: the trailers alone, or behind those that began it.
        data: The data of the stream.
    """
    first, last = (blocks[0], blocks[-1]) if blocks else ((), ())
    status = value_of(b"grpc-status", last)
    if status is None:
        http = value_of(b":status", first) or b"none"
        code = OF_HTTP.get(http, RPCStatusCode.UNKNOWN)
        return failed(code, f"the server said HTTP status {http.decode('latin-1')} and no gRPC status")
    code = CODES.get(status, RPCStatusCode.UNKNOWN)
    initial = metadata_in(first) if len(blocks) > 1 else ()
    if code is not RPCStatusCode.OK:
        details = unescaped(value_of(b"grpc-message", last) or b"")
        return Answer(None, metadata_in(last), code, details, initial=initial)
    try:
        message = unwrapped(data, value_of(b"grpc-encoding", first))
    except ProtocolError as error:
        return failed(RPCStatusCode.INTERNAL, f"the server sent {error}")
    if message is None:
        return failed(RPCStatusCode.INTERNAL, "the server sent no message")
    return Answer(message, metadata_in(last), initial=initial)
