"""The client's end, beside a server that answers late, partly, not at all, or goes away."""

import asyncio
from collections import Counter
from hashlib import sha256

import pytest
from h2.settings import SettingCodes
from temporalio.service import RPCStatusCode

from temporal.recovery.http2.answer import Request
from temporal.recovery.http2.channel import Channel
from temporal.recovery.http2.frames import Code
from tests.http2_peer import Peer, calling, serving

ASKED = Request("/shop.Orders/Place", b"two of these", ((b"customer", b"maria"),), seconds=30.0)


def echo(peer: Peer, stream: int, message: bytes) -> None:
    peer.answer(stream, message)


async def test_a_call_arrives_with_its_method_metadata_and_deadline() -> None:
    async with calling(echo) as (channel, server):
        assert (await channel.call(ASKED)).response == b"two of these"
        [peer] = server.peers
        told = peer.headers[1]
        assert told[b":path"] == b"/shop.Orders/Place"
        assert told[b":authority"] == b"127.0.0.1:%d" % server.port
        assert told[b"customer"] == b"maria"
        assert told[b"te"] == b"trailers"
        assert told[b"grpc-timeout"] == b"30000000u"


@pytest.mark.parametrize("window", [1, 1_000, 65_535])
async def test_a_large_message_passes_through_small_windows(window: int) -> None:
    def digest(peer: Peer, stream: int, message: bytes) -> None:
        peer.answer(stream, sha256(message).digest())

    message = bytes(range(256)) * (8 if window == 1 else 1_000)
    async with calling(digest, {SettingCodes.INITIAL_WINDOW_SIZE: window}) as (channel, _):
        await channel.call(Request("/m", b""))  # by now the settings have come
        answer = await channel.call(Request("/m", message))
        assert answer.response == sha256(message).digest()


async def test_many_calls_share_one_connection() -> None:
    async with calling(echo) as (channel, server):
        answers = await asyncio.gather(*(channel.call(Request("/m", b"%d" % one)) for one in range(90)))
        assert [answer.response for answer in answers] == [b"%d" % one for one in range(90)]
        assert len(server.peers) == 1


async def test_a_connection_has_no_more_calls_than_its_server_bears_and_others_go_on_another() -> None:
    under_way, most = Counter[int](), 0

    def slowly(peer: Peer, stream: int, message: bytes) -> None:
        nonlocal most
        under_way[id(peer)] += 1
        most = max(most, *under_way.values())

        def answer() -> None:
            under_way[id(peer)] -= 1
            peer.answer(stream, message)

        asyncio.get_running_loop().call_later(0.05, answer)

    async with calling(slowly, {SettingCodes.MAX_CONCURRENT_STREAMS: 3}) as (channel, server):
        await channel.call(Request("/m", b""))  # by now the settings have come
        answers = await asyncio.gather(*(channel.call(Request("/m", b"%d" % one)) for one in range(8)))
        assert [answer.response for answer in answers] == [b"%d" % one for one in range(8)]
        assert most <= 8 - 3  # until its settings have come, nobody knows what a new connection bears
        assert len(server.peers) >= 2


async def test_a_call_that_is_given_up_is_broken_off() -> None:
    async with calling(lambda peer, stream, message: None) as (channel, server):
        call = asyncio.create_task(channel.call(ASKED))
        while not server.peers or not server.peers[0].requests:
            await asyncio.sleep(0.01)
        call.cancel()
        while not server.peers[0].resets:
            await asyncio.sleep(0.01)
        assert server.peers[0].resets == [1]


@pytest.mark.parametrize("refusal", ["refused", "goaway"])
async def test_a_call_that_the_server_did_not_take_is_made_again(refusal: str) -> None:
    first = True

    def script(peer: Peer, stream: int, message: bytes) -> None:
        nonlocal first
        if not first:
            peer.answer(stream, message)
        elif refusal == "refused":
            peer.h2.reset_stream(stream, Code.REFUSED_STREAM)
        else:
            peer.h2.close_connection(last_stream_id=0)
        first = False

    async with calling(script) as (channel, server):
        assert (await channel.call(ASKED)).response == b"two of these"
        assert len(server.peers) == (1 if refusal == "refused" else 2)


async def test_a_server_that_goes_away_still_answers_what_it_took() -> None:
    waiting = list[tuple[Peer, int]]()

    def script(peer: Peer, stream: int, message: bytes) -> None:
        if len(waiting) < 2:
            waiting.append((peer, stream))
        else:
            peer.answer(stream, message)

    async with calling(script) as (channel, server):
        calls = [asyncio.create_task(channel.call(ASKED)) for _ in range(2)]
        while len(waiting) < 2:
            await asyncio.sleep(0.01)
        # What h2 would not do after it said goodbye: it answers, on the old connection.
        peer = waiting[0][0]
        goaway = b"\0\0\x08\x07\0\0\0\0\0" + (3).to_bytes(4, "big") + bytes(4)
        peer._writer.write(goaway)
        await asyncio.sleep(0.05)
        assert (await channel.call(Request("/m", b"later"))).response == b"later"
        for peer, stream in waiting:
            peer.answer(stream, b"late")
        assert [(await call).response for call in calls] == [b"late", b"late"]
        assert len(server.peers) >= 2


async def test_calls_fail_while_the_server_is_away_and_pass_when_it_is_back() -> None:
    async with serving(echo) as server:
        channel = Channel("127.0.0.1", server.port)
        assert (await channel.call(ASKED)).response == b"two of these"
    answers = [await channel.call(ASKED) for _ in range(3)]
    assert [answer.code for answer in answers] == [RPCStatusCode.UNAVAILABLE] * 3
    assert f"127.0.0.1:{server.port}" in answers[-1].details
    async with serving(echo, port=server.port):
        while (answer := await channel.call(ASKED)).response is None:
            await asyncio.sleep(0.02)
        assert answer.response == b"two of these"
    await channel.close()
