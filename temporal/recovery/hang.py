"""Tells a worker that lives but does nothing: stopped, deaf, or with an event loop that stands still.

Such a worker is worse than a dead one: its polls stay open and swallow tasks.
"""

import asyncio
import os
import time
from contextlib import suppress

import psutil

from temporal.recovery.death import Cause
from temporal.recovery.listener import Listener
from temporal.recovery.peers import Peers

LOOK_SECONDS = 0.2
"""Pause between two looks, in seconds; stopped twice in a row is stopped."""

FROZEN_SECONDS = 2.0
"""A look that comes later than this, in seconds, means that everything was frozen: a paused container."""

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

    def forgive(self) -> None:
        """Begins to count the silence anew."""
        if self._last is not None:
            self._last = time.monotonic()

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


async def hung(listener: Listener, peers: Peers, beat: Beat, beat_seconds: float) -> Cause:
    """Returns once a worker hangs, and how.

    Args:
        listener: What it connects to.
        peers: Its processes.
        beat: Its beat.
        beat_seconds: The longest silence of a worker that beats.
    """
    stopped, heard = 0, time.monotonic()
    while True:
        before = time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        if now - before > FROZEN_SECONDS:  # this process was stopped too: what did not happen proves nothing
            stopped, heard = 0, now
            beat.forgive()
            continue
        stopped = stopped + 1 if any(_is_stopped(pid) for pid in peers.processes) else 0
        if stopped > 1:
            return Cause.STOPPED
        if listener.open_calls or not listener.ledger.polled or listener.leaving:
            heard = now
        elif now - heard > DEAF_SECONDS:
            if not peers.connected:
                return Cause.DEAF
            heard = now
        if beat.silence > beat_seconds:
            return Cause.STANDING_STILL


def _is_stopped(pid: int) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    return False
