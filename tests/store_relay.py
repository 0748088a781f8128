"""A TCP relay to a database that a test can freeze: connections stay open and nothing passes any more.

A frozen server looks like this, and so does a pooler that has no server connection to give: its kernel takes
every byte, and no answer comes.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import URL


class Relay:
    """Passes bytes both ways between each client and the server, until it is frozen."""

    def __init__(self, listener: socket.socket, server: tuple[str, int]) -> None:
        self.frozen = threading.Event()
        self._listener = listener
        self._server = server
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def url(self, url: URL) -> str:
        """Returns the database's URL by way of the relay."""
        host, port = self._listener.getsockname()
        return url.set(host=host, port=port).render_as_string(hide_password=False)

    def close(self) -> None:
        """Ends every connection and thread."""
        for one in (self._listener, *self._sockets):
            with suppress(OSError):  # the other side was first
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(self._server)
                self._sockets += [client, server]
                self._start(self._pass, client, server)
                self._start(self._pass, server, client)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # one of the two was closed
            while data := source.recv(65_536):
                if not self.frozen.is_set():
                    target.sendall(data)
            if not self.frozen.is_set():
                target.shutdown(socket.SHUT_WR)


@contextmanager
def relay_to(url: URL) -> Iterator[Relay]:
    """Runs a relay to the server of a PostgreSQL URL on a free port of 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(listener, (url.host or "127.0.0.1", url.port or 5432))
        try:
            yield relay
        finally:
            relay.close()
