"""The relay between workers and server: passes, holds back, is late, and resets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from temporal.chaos.relay import Relay

HOST = "127.0.0.1"


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay to a server that sends back whatever it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                writer.write(data)
        except ConnectionResetError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    async with Relay(f"{HOST}:{server.sockets[0].getsockname()[1]}") as relay:
        yield relay
    server.close()


async def connected(relay: Relay) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = relay.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    return reader, writer


async def told(relay: Relay, word: bytes) -> bytes:
    """Sends a word over a connection of its own and returns the answer."""
    reader, writer = await connected(relay)
    writer.write(word)
    answer = await reader.readexactly(len(word))
    writer.close()
    return answer


async def test_what_is_sent_arrives_and_the_answer_comes_back(relay: Relay) -> None:
    assert await told(relay, b"hello") == b"hello"


async def test_a_cut_holds_everything_back_until_it_is_mended(relay: Relay) -> None:
    reader, writer = await connected(relay)
    writer.write(b"one")
    assert await reader.readexactly(3) == b"one"
    relay.cut()
    writer.write(b"two")
    while not relay.held_back:
        await asyncio.sleep(0.001)
    assert relay.held_back == 3
    relay.mend()
    assert await reader.readexactly(3) == b"two"
    writer.close()


async def test_what_is_delayed_comes_in_order_and_late(relay: Relay) -> None:
    relay.delay_seconds = 0.05
    begun = asyncio.get_running_loop().time()
    assert await told(relay, b"late") == b"late"
    assert asyncio.get_running_loop().time() - begun > 0.1  # once in each direction
    assert relay.delayed == 2


async def test_a_reset_ends_what_is_connected_and_refuses_what_comes(relay: Relay) -> None:
    reader, writer = await connected(relay)
    writer.write(b"one")
    await reader.readexactly(3)
    relay.refusing = True
    assert relay.reset() == 1
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    writer.close()
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await told(relay, b"again")
    assert relay.refused == 1
    relay.mend()
    assert await told(relay, b"again") == b"again"


async def test_a_server_that_is_down_is_a_connection_that_ends() -> None:
    async with Relay(f"{HOST}:1") as relay:
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await told(relay, b"hello")
