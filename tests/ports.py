"""Ports in a row, which a supervisor's metrics take."""

import random
import socket
from contextlib import ExitStack, closing, suppress

LOWEST, HIGHEST = 20_000, 32_000
"""Below those that the system gives to whoever asks for any: no listener is given one meanwhile."""


def first_of_free_ports(count: int) -> int:
    """Returns the first of so many ports in a row that nobody uses at the moment."""
    while True:
        first = random.SystemRandom().randrange(LOWEST, HIGHEST - count)
        with ExitStack() as held, suppress(OSError):
            for port in range(first, first + count):
                held.enter_context(closing(socket.socket())).bind(("127.0.0.1", port))
            return first
