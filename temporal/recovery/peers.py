"""Who is at the other end of a connection: only its worker's process group may use a listener.

A listener presents the supervisor's credentials to Temporal; any other local process that found its port
would use them too.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import psutil

log = logging.getLogger("temporal.recovery")

LOOPBACK = frozenset({"127.0.0.1", "::ffff:127.0.0.1"})


class Peers:
    """The connections of one worker's process group.

    Args:
        group: The process group's id.
        port: The listener's port on 127.0.0.1.
    """

    def __init__(self, group: int, port: int) -> None:
        self._group = group
        self._port = port
        self._seen: set[int] = set()

    @property
    def processes(self) -> list[int]:
        """The group's leader and its processes that were seen to have a connection, those that live."""
        return [pid for pid in {self._group, *self._seen} if in_group(pid, self._group)]

    @property
    def connected(self) -> bool:
        """Whether one of them has a connection to the listener now."""
        for pid in self.processes:
            with suppress(psutil.Error):
                if _local_ports(psutil.Process(pid), self._port):
                    return True
        return False

    async def admits(self, port: int) -> bool:
        """Tells whether a connection comes from the group.

        Args:
            port: Its port on 127.0.0.1.
        """
        owner = await asyncio.to_thread(self._owner, port)
        if owner is None:
            log.warning("a process that is not of worker %d connected to its listener: refused", self._group)
            return False
        self._seen.add(owner)
        return True

    def _owner(self, port: int) -> int | None:
        for process in self._members():
            with suppress(psutil.Error):
                if port in _local_ports(process, self._port):
                    return process.pid
        return None

    def _members(self) -> Iterator[psutil.Process]:
        known = self.processes
        others = (pid for pid in psutil.pids() if pid not in known and in_group(pid, self._group))
        for pid in (*known, *others):
            with suppress(psutil.NoSuchProcess):
                yield psutil.Process(pid)


def in_group(pid: int, group: int) -> bool:
    """Tells whether a process lives and belongs to a process group."""
    try:
        return os.getpgid(pid) == group
    except (ProcessLookupError, PermissionError):
        return False


def _local_ports(process: psutil.Process, port: int) -> set[int]:
    """Returns the process's ends of its connections to a port of 127.0.0.1, by IPv6 sockets too."""
    return {
        one.laddr.port
        for one in process.net_connections("tcp")
        if one.raddr
        and one.raddr.port == port
        and one.status == psutil.CONN_ESTABLISHED
        and {one.laddr.ip, one.raddr.ip} <= LOOPBACK
    }
