"""Who is at the other end of a connection: only its worker's process group may use a listener.

A listener presents the supervisor's credentials to Temporal; any other local process that found its port
would use them too.
"""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

log = logging.getLogger("temporal.recovery")

AGAIN_SECONDS = 5.0
"""How long a look counts, in seconds: a port may have gone to another process since."""


class Peers:
    """The connections of one worker's process group.

    Args:
        group: The process group's id.

    Attributes:
        processes: The processes of the group that were seen to have a connection.
    """

    def __init__(self, group: int) -> None:
        self._group = group
        self._looks: dict[str, tuple[float, asyncio.Task[int | None]]] = {}
        self.processes: set[int] = set()

    async def admits(self, peer: str) -> bool:
        """Tells whether a connection comes from the group.

        Args:
            peer: As gRPC names it: `ipv4:127.0.0.1:PORT`.
        """
        now = time.monotonic()
        looked, look = self._looks.get(peer, (0.0, None))
        if look is None or now - looked > AGAIN_SECONDS:
            look = asyncio.create_task(asyncio.to_thread(self._owner, int(peer.rpartition(":")[2])))
            self._looks = {
                name: known for name, known in self._looks.items() if now - known[0] < AGAIN_SECONDS
            }
            self._looks[peer] = (now, look)
        owner = look.result() if look.done() else await asyncio.shield(look)
        if owner is None:
            log.warning("a process that is not of worker %d called its listener: refused", self._group)
            return False
        self.processes.add(owner)
        return True

    def _owner(self, port: int) -> int | None:
        for process in self._members():
            with suppress(psutil.Error):
                for connection in process.net_connections("tcp"):
                    if connection.laddr and connection.laddr.port == port and connection.raddr:
                        return process.pid
        return None

    def _members(self) -> Iterator[psutil.Process]:
        known = [pid for pid in (*self.processes, self._group) if _in_group(pid, self._group)]
        others = (pid for pid in psutil.pids() if pid not in known and _in_group(pid, self._group))
        for pid in (*known, *others):
            with suppress(psutil.NoSuchProcess):
                yield psutil.Process(pid)


def _in_group(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except (ProcessLookupError, PermissionError):
        return False
