"""A port of 127.0.0.1 whose callers' unary calls are answered."""

import asyncio
from collections.abc import Container

from temporal.recovery.http2.server import Admits, Handler, ServerConnection


class GrpcServer:
    """Listens on a port of 127.0.0.1.

    Args:
        handler: Answers each call; cancelled when its caller is gone.
        outliving: Methods whose calls go on then.
        admits: Tells from its port on 127.0.0.1 whether a caller may call.
    """

    def __init__(self, handler: Handler, outliving: Container[str], admits: Admits) -> None:
        self._of_connections = (handler, outliving, admits)
        self._connections: set[ServerConnection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listens, and returns the port: a free one."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: ServerConnection(*self._of_connections, self._connections), "127.0.0.1", 0
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, patience: float = 0.0) -> None:
        """Closes the port and every connection, and gives up their calls.

        Args:
            patience: How long callers that have died may take to be read to their last word, in seconds.
        """
        if self._server:
            self._server.close()
        parting = [asyncio.create_task(connection.parted.wait()) for connection in self._connections]
        if not parting:
            return
        await asyncio.wait(parting, timeout=patience)
        for connection in list(self._connections):
            connection.close()
        await asyncio.wait(parting)
