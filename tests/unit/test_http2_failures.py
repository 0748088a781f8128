"""What the client's end makes of a call that failed: its code, and why."""

import pytest
from temporalio.service import RPCStatusCode

from temporal.recovery.http2.answer import Request
from temporal.recovery.http2.frames import Code
from tests.http2_peer import BEGINNING, Peer, Script, calling


def trailers_only(peer: Peer, stream: int, message: bytes) -> None:
    details = [
        ("grpc-status", "5"),
        ("grpc-message", "no %E2%82%AC here"),
        ("grpc-status-details-bin", "AAE"),
    ]
    peer.h2.send_headers(stream, [*BEGINNING, *details], end_stream=True)


def unknown_code(peer: Peer, stream: int, message: bytes) -> None:
    peer.h2.send_headers(stream, [*BEGINNING, ("grpc-status", "99")], end_stream=True)


def something_between(peer: Peer, stream: int, message: bytes) -> None:
    peer.h2.send_headers(stream, [(":status", "503"), ("content-type", "text/html")], end_stream=True)


def no_message(peer: Peer, stream: int, message: bytes) -> None:
    peer.h2.send_headers(stream, BEGINNING)
    peer.h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)


def half_a_message(peer: Peer, stream: int, message: bytes) -> None:
    peer.h2.send_headers(stream, BEGINNING)
    peer.h2.send_data(stream, b"\0\0\0\0\x05ab")
    peer.h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)


@pytest.mark.parametrize(
    ("script", "code", "details"),
    [
        (trailers_only, RPCStatusCode.NOT_FOUND, "no € here"),
        (unknown_code, RPCStatusCode.UNKNOWN, ""),
        (something_between, RPCStatusCode.UNAVAILABLE, "HTTP status 503"),
        (no_message, RPCStatusCode.INTERNAL, "no message"),
        (half_a_message, RPCStatusCode.INTERNAL, "5 bytes in 7"),
        (
            lambda peer, stream, _: peer.h2.reset_stream(stream, Code.CANCEL),
            RPCStatusCode.CANCELLED,
            "code 8",
        ),
        (
            lambda peer, stream, _: peer.h2.reset_stream(stream, Code.ENHANCE_YOUR_CALM),
            RPCStatusCode.RESOURCE_EXHAUSTED,
            "code 11",
        ),
        (lambda peer, *_: peer.close(), RPCStatusCode.UNAVAILABLE, "closed"),
        (
            lambda peer, *_: peer._writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            RPCStatusCode.UNAVAILABLE,
            "",
        ),
    ],
)
async def test_a_failure_has_its_code_and_says_why(script: Script, code: RPCStatusCode, details: str) -> None:
    async with calling(script) as (channel, _):
        answer = await channel.call(Request("/m", b""))
        assert (answer.response, answer.code) == (None, code)
        assert details in answer.details
        if script is trailers_only:
            assert answer.metadata == ((b"grpc-status-details-bin", b"AAE"),)
