"""A gRPC server of the `h2` library that does what a test says, as no real one can be made to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes

from temporal.recovery.http2.channel import Channel
from temporal.recovery.http2.messages import unwrapped, wrapped

BEGINNING = [(":status", "200"), ("content-type", "application/grpc")]


@dataclass
class Peer:
    """One connection of the server.

    Attributes:
        h2: Its state.
        requests: The messages that came, by stream.
        resets: The streams that the client broke off.
        headers: The fields of each call, by stream.
    """

    h2: H2Connection
    _writer: asyncio.StreamWriter
    requests: dict[int, bytes] = field(default_factory=dict)
    resets: list[int] = field(default_factory=list)
    headers: dict[int, dict[bytes, bytes]] = field(default_factory=dict)

    def flush(self) -> None:
        """Sends what `h2` has made."""
        self._writer.write(self.h2.data_to_send())

    def answer(self, stream: int, message: bytes) -> None:
        """Answers a call."""
        self.h2.send_headers(stream, BEGINNING)
        self.h2.send_data(stream, wrapped(message))
        self.h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.flush()

    def close(self) -> None:
        """Ends the connection."""
        self._writer.close()


Script = Callable[[Peer, int, bytes], None]
"""What the server does with a call: the connection, its stream, its message."""


@dataclass
class Server:
    """The server: its port, and the connections that it had."""

    port: int = 0
    peers: list[Peer] = field(default_factory=list)


@asynccontextmanager
async def serving(
    script: Script, settings: dict[SettingCodes, int] | None = None, port: int = 0
) -> AsyncIterator[Server]:
    """Runs a server on 127.0.0.1.

    Args:
        script: What it does with each call.
        settings: Settings that differ from the protocol's.
        port: Its port; by default a free one.
    """
    server = Server()
    tasks = set[asyncio.Task[None]]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        peer = Peer(h2, writer)
        server.peers.append(peer)
        h2.initiate_connection()
        h2.update_settings({int(name): value for name, value in (settings or {}).items()})
        peer.flush()
        while data := await reader.read(65_536):
            for event in h2.receive_data(data):
                _take(peer, event, script)
            peer.flush()
        writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(connected(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(begin, "127.0.0.1", port)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for peer in server.peers:
            peer.close()


@asynccontextmanager
async def calling(
    script: Script, settings: dict[SettingCodes, int] | None = None
) -> AsyncIterator[tuple[Channel, Server]]:
    """Runs a server, and yields a channel to it."""
    async with serving(script, settings) as server:
        channel = Channel("127.0.0.1", server.port)
        yield channel, server
        await channel.close()


def _take(peer: Peer, event: Event, script: Script) -> None:
    if isinstance(event, RequestReceived):
        peer.headers[event.stream_id] = dict(event.headers)
        peer.requests[event.stream_id] = b""
    elif isinstance(event, DataReceived):
        peer.requests[event.stream_id] += event.data
        peer.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
    elif isinstance(event, StreamReset):
        peer.resets.append(event.stream_id)
    elif isinstance(event, StreamEnded):
        script(peer, event.stream_id, unwrapped(peer.requests[event.stream_id], None) or b"")
