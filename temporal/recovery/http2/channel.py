"""A client that connects when there is something to ask, and again when its connection has gone."""

import asyncio
import ssl
from contextlib import suppress

from temporalio.service import RPCStatusCode

from temporal.recovery.http2.answer import Answer, Request, failed
from temporal.recovery.http2.client import ClientConnection, NotTakenError
from temporal.recovery.http2.headers import Headers

CONNECT_SECONDS = 10.0
"""How long one attempt to connect may take, in seconds."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Pauses after failed attempts, in seconds: doubled from the first to the longest. Calls fail meanwhile."""

MOST_ATTEMPTS = 5
"""So often a call is made again that the server says not to have dealt with."""


class Channel:
    """Makes unary calls to one server.

    Args:
        host: Its name or address.
        port: Its port.
        tls: How to reach it by TLS; None for plaintext.
        name: The name that its certificate must have, and that it is called by.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None, name: str = "") -> None:
        self._host, self._port, self._tls, self._name = host, port, tls, name
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._beginning: Headers = (
            (b":method", b"POST"),
            (b":scheme", b"https" if tls else b"http"),
            (b":authority", (name or address).encode()),
        )
        self._made: list[ClientConnection] = []
        self._connecting: asyncio.Task[None] | None = None
        self._pause = FIRST_PAUSE
        self._not_before = 0.0
        self._refusal = ""
        self._closed = False

    async def call(self, request: Request) -> Answer:
        """Makes a call and returns whatever came of it; the deadline is for the server to keep."""
        for _ in range(MOST_ATTEMPTS):
            try:
                while (connection := self._with_room()) is None:
                    await self._connect()
            except OSError as error:
                return failed(RPCStatusCode.UNAVAILABLE, f"{self._host}:{self._port}: {error}")
            with suppress(NotTakenError):
                return await connection.call(request, self._beginning)
        return failed(RPCStatusCode.UNAVAILABLE, "the server deals with no calls now")

    async def close(self) -> None:
        """Ends the connections; calls under way fail."""
        self._closed = True
        if self._connecting:
            await asyncio.wait({self._connecting})
        await asyncio.gather(*(connection.part() for connection in self._made))

    def _with_room(self) -> ClientConnection | None:
        """Returns the oldest connection that takes a call; more than one where the server limits calls."""
        return next((one for one in self._made if one.has_room), None)

    async def _connect(self) -> None:
        """Makes another connection, the same for all who ask at once.

        Raises:
            OSError: There is none, or the last attempt failed just now.
        """
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._open())
            self._connecting.add_done_callback(self._opened)
        await asyncio.shield(self._connecting)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        if self._closed:
            raise ConnectionError("the connection was closed")
        if loop.time() < self._not_before:
            raise ConnectionError(self._refusal)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await loop.create_connection(
                    lambda: ClientConnection(self._made, self._lost),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=(self._name or self._host) if self._tls else None,
                )
        except OSError as error:  # TLS errors and the timeout are such too
            self._wait(str(error) or "no connection in time")
            raise ConnectionError(self._refusal) from error

    def _opened(self, task: "asyncio.Task[None]") -> None:
        self._connecting = None
        if not task.cancelled():
            task.exception()  # whoever waits hears of it; there may be nobody left

    def _lost(self, connection: ClientConnection) -> None:
        if connection.heard:
            self._pause = FIRST_PAUSE
        else:  # whoever took the connection is no server, or not yet
            self._wait("the server closed the connection without a word")

    def _wait(self, why: str) -> None:
        self._refusal = why
        self._not_before = asyncio.get_running_loop().time() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
