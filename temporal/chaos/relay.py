"""A TCP relay between workers and Temporal, which can cut the way, slow it, or reset what is connected."""

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536

LINGER_NOT = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset at once and drops what was not sent."""


class Relay:
    """Passes bytes both ways; use it as an async context manager.

    Args:
        server: Where to, HOST:PORT.

    Attributes:
        address: Where workers connect, HOST:PORT.
        delay_seconds: How long each piece is held up in each direction, in seconds.
        held_back: Bytes that came while the way was cut; nobody has got them since.
        delayed: Pieces that were held up.
        refused: Connections that were reset at once because of `refusing`.
        refusing: Whether new connections are reset at once.
    """

    address: str

    def __init__(self, server: str) -> None:
        self._server = server
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self.delay_seconds = 0.0
        self.held_back = 0
        self.delayed = 0
        self.refused = 0
        self.refusing = False

    async def __aenter__(self) -> Self:
        """Listens on a free port of 127.0.0.1."""
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._listener.sockets[0].getsockname()
        self.address = f"{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends every connection."""
        self._listener.close()
        self._open.set()
        self.reset()
        await asyncio.gather(*self._passing, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many workers' connections there are."""
        return len(self._writers) // 2

    def cut(self) -> None:
        """Lets nothing pass any more; connections stay open, as behind a broken switch."""
        self.held_back = 0
        self._open.clear()

    def mend(self) -> None:
        """Lets everything pass again, what was held back first."""
        self.delay_seconds, self.refusing = 0.0, False
        self._open.set()

    def reset(self) -> int:
        """Resets every connection and returns how many there were."""
        number = self.connections
        for writer in list(self._writers):
            _abort(writer)
        return number

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            self.refused += 1
            _abort(writer)
            return
        host, _, port = self._server.rpartition(":")
        try:
            from_server, to_server = await asyncio.open_connection(host, int(port))
        except OSError:  # the server is down: to the worker that is a connection refused
            _abort(writer)
            return
        self._writers |= {writer, to_server}
        for source, sink in ((reader, to_server), (from_server, writer)):
            task = asyncio.create_task(self._pass(source, sink))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK_BYTES):
                if not self._open.is_set():
                    self.held_back += len(data)
                    await self._open.wait()
                if self.delay_seconds:
                    self.delayed += 1
                    await asyncio.sleep(self.delay_seconds)
                sink.write(data)
                await sink.drain()
        except OSError:
            pass  # reset by one side: the other is reset too
        finally:
            self._writers.discard(sink)
            with suppress(OSError, RuntimeError):
                _abort(sink) if source.exception() else sink.close()


def _abort(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if isinstance(sock, socket.socket) or hasattr(sock, "setsockopt"):
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()
