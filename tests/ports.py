"""Ports in a row, which a supervisor's metrics take."""

import socket
from contextlib import ExitStack, closing, suppress

from temporal.chaos.targets.environment import free_ports


def first_of_free_ports(count: int) -> int:
    """Returns the first of so many ports in a row that nobody uses at the moment."""
    while True:
        [first] = free_ports(1)
        with ExitStack() as held, suppress(OSError, OverflowError):
            for port in range(first, first + count):
                held.enter_context(closing(socket.socket())).bind(("127.0.0.1", port))
            return first
