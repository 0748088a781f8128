"""The server's end, beside gRPC's own client and beside clients that do what none should."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import grpc
import pytest
from temporalio.service import RPCStatusCode

from temporal.recovery.http2 import connection, frames, server
from temporal.recovery.http2.answer import Answer, Request, failed
from temporal.recovery.http2.headers import block_of
from temporal.recovery.http2.messages import wrapped
from temporal.recovery.http2.server import GrpcServer

METHOD = "/shop.Orders/Place"
GOING_ON = "/shop.Orders/Pay"
ENDLESS = frames.pack(frames.CONTINUATION, 0, 1, b"h" * frames.LONGEST)
BLOCK = block_of(((b":method", b"POST"), (b":scheme", b"http"), (b":path", METHOD.encode())))

Call = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


async def echo(request: Request) -> Answer:
    return Answer(request.message)


@asynccontextmanager
async def serving(handler: Callable[[Request], Awaitable[Answer]]) -> AsyncIterator[int]:
    listening = GrpcServer(handler, outliving={GOING_ON})
    yield await listening.start()
    listening.close()


@asynccontextmanager
async def calling(
    handler: Callable[[Request], Awaitable[Answer]], compression: grpc.Compression | None = None
) -> AsyncIterator[Call]:
    options = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
    async with (
        serving(handler) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}", options, compression=compression) as channel,
    ):
        yield channel.unary_unary(METHOD)


@pytest.mark.parametrize("size", [0, 1, 16_379, 16_380, 70_000, 5_000_000])
async def test_a_message_of_any_size_passes_both_ways(size: int) -> None:
    message = bytes(number % 251 for number in range(size))
    async with calling(echo) as call:
        assert await call(message) == message


async def test_many_calls_are_answered_side_by_side() -> None:
    together = asyncio.Barrier(200)

    async def meet(request: Request) -> Answer:
        await together.wait()
        return Answer(request.message)

    async with calling(meet) as call:
        answers = await asyncio.gather(*(call(b"%d" % one) for one in range(200)))
    assert answers == [b"%d" % one for one in range(200)]


@pytest.mark.parametrize("compression", [grpc.Compression.Gzip, grpc.Compression.Deflate])
async def test_a_compressed_message_is_read(compression: grpc.Compression) -> None:
    async with calling(echo, compression) as call:
        assert await call(b"x" * 10_000) == b"x" * 10_000


async def test_metadata_and_deadline_pass_as_they_were_sent_and_an_answers_come_back() -> None:
    asked = list[Request]()

    async def told(request: Request) -> Answer:
        asked.append(request)
        return Answer(b"", metadata=((b"after-bin", b"AAE"),), initial=((b"before", b"one"),))

    async with calling(told) as call:
        under_way = call(b"", metadata=(("customer", "maria"), ("token-bin", b"\0\1")), timeout=30)
        assert ("before", "one") in tuple(await under_way.initial_metadata())
        assert ("after-bin", b"\0\1") in tuple(await under_way.trailing_metadata())
    [request] = asked
    assert request.method == METHOD
    assert {(b"customer", b"maria"), (b"token-bin", b"AAE")} <= set(request.metadata)
    assert request.seconds == pytest.approx(30, abs=1)


async def test_a_failure_arrives_with_code_message_and_details() -> None:
    async def refuse(request: Request) -> Answer:
        details = ((b"grpc-status-details-bin", b"AAE"),)
        return Answer(None, details, RPCStatusCode.ALREADY_EXISTS, "100 % of €")

    async with calling(refuse) as call:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await call(b"")
    assert refusal.value.code() is grpc.StatusCode.ALREADY_EXISTS
    assert refusal.value.details() == "100 % of €"
    assert ("grpc-status-details-bin", b"\0\1") in tuple(refusal.value.trailing_metadata())


async def test_a_handlers_own_failure_is_the_callers_too(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: Request) -> Answer:
        raise ValueError("a secret detail")

    async with calling(broken) as call:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await call(b"")
    assert refusal.value.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in (refusal.value.details() or "")
    assert "a call could not be answered" in caplog.text


@pytest.mark.parametrize(("method", "given_up"), [(METHOD, True), (GOING_ON, False)])
@pytest.mark.parametrize("how", ["cancelled", "disconnected"])
async def test_a_call_is_given_up_with_its_caller_unless_it_outlives_it(
    method: str, given_up: bool, how: str
) -> None:
    begun, go, ends = asyncio.Event(), asyncio.Event(), asyncio.Queue[str]()

    async def wait(request: Request) -> Answer:
        try:
            begun.set()
            await go.wait()
            await ends.put("done")
        except asyncio.CancelledError:
            await ends.put("given up")
            raise
        return failed(RPCStatusCode.UNAVAILABLE, "nobody hears this")

    async with serving(wait) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        block = block_of(((b":path", method.encode()),))
        writer.write(frames.PREFACE + frames.pack_settings({}) + frames.pack_headers(1, block, end=False))
        writer.write(frames.pack(frames.DATA, frames.END_STREAM, 1, wrapped(b"")))
        await begun.wait()
        if how == "cancelled":
            writer.write(frames.pack(frames.RST_STREAM, 0, 1, (8).to_bytes(4, "big")))
        else:
            writer.close()
        if given_up:
            assert await ends.get() == "given up"
        else:
            await asyncio.sleep(0.05)
            go.set()
            assert await ends.get() == "done"
        writer.close()


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
