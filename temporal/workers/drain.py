"""How a worker stops: the first signal drains, a second one forces, and a watchdog bounds it all."""

import asyncio
import logging
import os
import signal
import threading

from temporal.command_line import FAILED

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGINT, signal.SIGTERM)

MARGIN_SECONDS = 5.0
"""Time beyond the graceful timeout in which the SDK may say goodbye to the server, in seconds. With the
server away its shutdown hangs for more than 75 s (measured with SDK 1.35); nothing is left to save then."""


class Drain:
    """Waits for the signal to stop and ends the process if stopping takes too long.

    Args:
        graceful: How long running activities may take to end, in seconds.
    """

    def __init__(self, graceful: float) -> None:
        self._limit = graceful + MARGIN_SECONDS
        self.requested = asyncio.Event()

    def listen(self) -> None:
        """Takes SIGINT and SIGTERM from now on; call it within the event loop."""
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(
                number, self._on_signal, signal.Signals(number).name
            )

    def _on_signal(self, name: str) -> None:
        if self.requested.is_set():
            self._force(f"second {name}: stopping at once")
        log.info("%s: draining for at most %g s; a second signal stops at once", name, self._limit)
        self.requested.set()
        # A thread, because a shutdown that hangs may hold the event loop too.
        watchdog = threading.Timer(
            self._limit, self._force, [f"not drained after {self._limit:g} s: stopping"]
        )
        watchdog.daemon = True
        watchdog.start()

    def _force(self, reason: str) -> None:
        log.warning("%s; what was under way is retried elsewhere", reason)
        logging.shutdown()
        os._exit(FAILED)
