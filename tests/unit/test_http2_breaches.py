"""The server's end, beside clients that do what none should."""

import asyncio
from contextlib import suppress

import grpc
import pytest

from temporal.recovery.http2 import connection, frames, server
from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.http2.headers import block_of
from temporal.recovery.http2.listening import GrpcServer
from temporal.recovery.http2.messages import wrapped
from tests.http2_served import METHOD, Call, echo, serving

ENDLESS = frames.pack(frames.CONTINUATION, 0, 1, b"h" * frames.LONGEST)
BLOCK = block_of(((b":method", b"POST"), (b":scheme", b"http"), (b":path", METHOD.encode())))


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        frames.PREFACE + frames.pack(frames.CONTINUATION, 0, 1, b""),
        frames.PREFACE + frames.pack_headers(1, b"\xff\xff\xff", end=True),
        frames.PREFACE + frames.pack(frames.HEADERS, 0, 1, BLOCK) + frames.pack(frames.PING, 0, 0, bytes(8)),
        frames.PREFACE + frames.pack(frames.DATA, 0, 1, b"x" * (frames.LONGEST + 1)),
        frames.PREFACE + frames.pack(frames.SETTINGS, 0, 0, b"cut off"),
        frames.PREFACE + frames.pack(frames.WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2,
        frames.PREFACE + frames.pack(frames.PUSH_PROMISE, 0, 1, bytes(4)),
        frames.PREFACE + frames.pack(frames.HEADERS, 0, 1) + ENDLESS * 100,
    ],
)
async def test_a_client_that_breaks_the_protocol_is_cut_and_others_are_served(words: bytes) -> None:
    async with serving(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        with suppress(ConnectionResetError):  # what it had not read yet when it closed resets the connection
            assert frames.GOAWAY in [kind for kind, *_ in frames.cut(await reader.read())[0]]
        writer.close()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call: Call = channel.unary_unary(METHOD)
            assert await call(b"well") == b"well"


async def test_a_stranger_is_refused_at_its_first_word_whatever_it_would_send() -> None:
    asked = list[int]()

    async def nobody(port: int) -> bool:
        asked.append(port)
        return False

    async def never(request: Request) -> Answer:
        raise AssertionError("a stranger's call was made")

    async with serving(never, nobody) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frames.PREFACE + frames.pack_headers(1, BLOCK, end=False))
        said = await reader.read()
        assert b"grpc-status\x017" in said
        assert frames.GOAWAY in [kind for kind, *_ in frames.cut(said)[0]]
        assert asked == [writer.get_extra_info("sockname")[1]]
        writer.close()


async def test_a_caller_who_leaves_while_it_is_looked_at_is_forgotten() -> None:
    looking = asyncio.Event()

    async def slowly(port: int) -> bool:
        looking.set()
        await asyncio.sleep(60)
        return True

    listening = GrpcServer(echo, (), slowly)
    _, writer = await asyncio.open_connection("127.0.0.1", await listening.start())
    await looking.wait()
    writer.close()
    await listening.close()
    assert listening._connections == set()


async def test_a_call_that_ends_twice_is_made_once() -> None:
    asked = list[Request]()

    async def count(request: Request) -> Answer:
        asked.append(request)
        return await echo(request)

    async with serving(count) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frames.PREFACE + frames.pack_headers(1, BLOCK, end=False))
        writer.write(frames.pack(frames.DATA, frames.END_STREAM, 1, wrapped(b"once")) * 2)
        writer.write(frames.pack_headers(1, b"", end=True))
        while b"once" not in await reader.read(65_536):
            pass
        writer.close()
    assert [request.message for request in asked] == [b"once"]


async def test_a_call_without_a_message_is_refused() -> None:
    async with serving(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frames.PREFACE + frames.pack_settings({}) + frames.pack_headers(1, BLOCK, end=True))
        while b"grpc-status\x0212" not in (said := await reader.read(65_536)):
            assert said
        writer.close()


async def test_a_client_that_does_not_answer_a_ping_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(server, "PATIENCE_SECONDS", 0.1)
    async with serving(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frames.PREFACE + frames.pack_settings({}))
        said, _ = frames.cut(await reader.read())
        assert (frames.PING, 0, 0, connection.PING) in said
        writer.close()
