"""The server's end, beside gRPC's own client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest
from temporalio.service import RPCStatusCode

from temporal.recovery.http2 import frames
from temporal.recovery.http2.answer import Answer, Request, failed
from temporal.recovery.http2.headers import block_of
from temporal.recovery.http2.listening import GrpcServer
from temporal.recovery.http2.messages import wrapped
from tests.http2_served import GOING_ON, METHOD, Call, anybody, echo, serving


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


async def test_what_a_caller_said_before_it_died_is_read() -> None:
    asked = list[bytes]()

    async def note(request: Request) -> Answer:
        asked.append(request.message)
        return Answer(b"")

    listening = GrpcServer(note, {GOING_ON}, anybody)
    reader, writer = await asyncio.open_connection("127.0.0.1", await listening.start())
    block = block_of(((b":path", GOING_ON.encode()),))
    writer.write(frames.PREFACE)
    await reader.read(1)  # it is admitted
    writer.write(frames.pack_headers(1, block, end=False))
    writer.write(frames.pack(frames.DATA, frames.END_STREAM, 1, wrapped(b"done")))
    writer.transport.abort()
    await listening.close(patience=10)
    assert asked == [b"done"]
