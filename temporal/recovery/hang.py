"""Tells a worker that lives but does nothing: stopped, deaf, or with an event loop that stands still.

Such a worker is worse than a dead one: its polls stay open and swallow tasks.
"""

import asyncio
import os
import time
from contextlib import suppress

import psutil

from temporal.recovery.listener import Listener
from temporal.recovery.peers import Peers

LOOK_SECONDS = 0.2
"""Pause between two looks, in seconds; stopped twice in a row is stopped."""

DEAF_SECONDS = 5.0
"""A worker without a connection, none of whose calls is open, is deaf after so many seconds.

Keepalive cuts the connection of one that does not answer; a healthy SDK connects again at once.
"""

BEAT_VARIABLE = "RECOVERY_BEAT_FD"
"""The variable that names the file descriptor for a worker's beat."""


class Beat:
    """A pipe that a worker may write a byte to, about every second, from its event loop.

    Who never writes is not watched. Made before the process starts, which inherits `fd`.
    """

    def __init__(self) -> None:
        self._reader, self.fd = os.pipe()
        os.set_blocking(self._reader, False)
        self._last: float | None = None

    def listen(self) -> None:
        """Begins to read, once the process has the other end."""
        os.close(self.fd)
        asyncio.get_running_loop().add_reader(self._reader, self._read)

    def close(self) -> None:
        """Stops reading."""
        asyncio.get_running_loop().remove_reader(self._reader)
        os.close(self._reader)

    @property
    def silence(self) -> float:
        """How long there has been no beat after the first, in seconds."""
        return 0.0 if self._last is None else time.monotonic() - self._last

    def _read(self) -> None:
        if os.read(self._reader, 4096):
            self._last = time.monotonic()
        else:  # the worker closed it
            self._last = None
            asyncio.get_running_loop().remove_reader(self._reader)


async def hung(pid: int, listener: Listener, peers: Peers, beat: Beat, beat_seconds: float) -> str:
    """Returns once a worker hangs, with the reason in a few words.

    Args:
        pid: The process that leads its group.
        listener: What it connects to.
        peers: Its connections.
        beat: Its beat.
        beat_seconds: The longest silence of a worker that beats.
    """
    stopped = 0
    heard = time.monotonic()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        processes = {pid, *peers.processes}
        stopped = stopped + 1 if any(_is_stopped(process) for process in processes) else 0
        if stopped > 1:
            return "stopped"
        if listener.open_calls or not listener.ledger.polled or listener.leaving:
            heard = time.monotonic()
        elif time.monotonic() - heard > DEAF_SECONDS:
            if not any(_is_connected(process, listener.port) for process in processes):
                return "deaf"
            heard = time.monotonic()
        if beat.silence > beat_seconds:
            return "standing still"


def _is_stopped(pid: int) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    return False


def _is_connected(pid: int, port: int) -> bool:
    with suppress(psutil.Error):
        return any(
            connection.raddr
            and connection.raddr.port == port
            and connection.status == psutil.CONN_ESTABLISHED
            for connection in psutil.Process(pid).net_connections("tcp")
        )
    return False
