"""A server that speaks just enough gRPC to answer a client's calls, or to hang up on them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

OK, PERMISSION_DENIED, UNIMPLEMENTED, UNAVAILABLE, UNAUTHENTICATED = 0, 7, 12, 14, 16
HANG_UP = -1
"""Closes the connection in place of an answer."""

DATA, HEADERS, SETTINGS = 0, 1, 4
ACK, END_STREAM, END_HEADERS = 1, 1, 4
PREFACE_BYTES = 24
EMPTY_MESSAGE = bytes(5)  # not compressed, of length 0


@dataclass
class Server:
    """Where the server is, and how many calls it has had."""

    address: str
    calls: int = 0


class _GoneError(Exception):
    """The client has ended the connection."""


@asynccontextmanager
async def answering(*statuses: int, message: str = "no") -> AsyncIterator[Server]:
    """Runs a server on a free port; its nth call gets the nth status, later ones the last."""
    loop = asyncio.get_running_loop()
    # Plain sockets, because every one of them can be closed at the end whatever state it is in.
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.setblocking(False)
        server = Server(f"127.0.0.1:{listener.getsockname()[1]}")

        async def serve(connection: socket.socket) -> None:
            with connection, suppress(_GoneError, ConnectionError):
                await _read(connection, PREFACE_BYTES)
                await loop.sock_sendall(connection, _frame(SETTINGS, 0, 0))
                while True:
                    head = await _read(connection, 9)
                    kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                    await _read(connection, int.from_bytes(head[:3], "big"))
                    if kind == SETTINGS and not flags & ACK:
                        await loop.sock_sendall(connection, _frame(SETTINGS, ACK, 0))
                    elif kind == HEADERS:
                        status = statuses[min(server.calls, len(statuses) - 1)]
                        server.calls += 1
                        if status == HANG_UP:
                            return
                        await loop.sock_sendall(connection, _answer(stream, status, message))

        def accept() -> None:
            with suppress(OSError):  # the client has gone already
                connection, _ = listener.accept()
                sockets.enter_context(connection).setblocking(False)
                serving.add(asyncio.create_task(serve(connection)))

        serving: set[asyncio.Task[None]] = set()
        loop.add_reader(listener, accept)
        try:
            yield server
        finally:
            loop.remove_reader(listener)
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)


async def _read(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = await asyncio.get_running_loop().sock_recv(connection, size - len(content))
        if not part:
            raise _GoneError
        content += part
    return content


def _answer(stream: int, status: int, message: str) -> bytes:
    head = b"\x88" + _header("content-type", "application/grpc")  # 0x88 is ":status: 200"
    end = _header("grpc-status", str(status))
    if status != OK:
        trailers_only = head + end + _header("grpc-message", message)
        return _frame(HEADERS, END_STREAM | END_HEADERS, stream, trailers_only)
    return (
        _frame(HEADERS, END_HEADERS, stream, head)
        + _frame(DATA, 0, stream, EMPTY_MESSAGE)
        + _frame(HEADERS, END_STREAM | END_HEADERS, stream, end)
    )


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _header(name: str, value: str) -> bytes:
    """Encodes a header without Huffman coding or index; both parts shorter than 127 characters."""
    return b"".join([b"\0", bytes([len(name)]), name.encode(), bytes([len(value)]), value.encode()])
