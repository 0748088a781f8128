"""Tells a peer that is gone without a word from one that is merely quiet."""

import asyncio
from collections.abc import Callable


class Keepalive:
    """Asks a quiet peer whether it is there.

    Args:
        quiet: After so many seconds without a word it is asked.
        patience: So many seconds later it is gone, if there is no answer.
        ask: Sends a question that every peer answers.
        gone: Told how long nothing was heard, in seconds.
    """

    def __init__(
        self, quiet: float, patience: float, ask: Callable[[], None], gone: Callable[[float], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._quiet, self._patience = quiet, patience
        self._ask, self._gone = ask, gone
        self._silent = True
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins to listen."""
        self._timer = self._loop.call_later(self._quiet, self._look)

    def heard(self) -> None:
        """Notes that the peer has said something."""
        self._silent = False

    def stop(self) -> None:
        """Asks no more."""
        if self._timer:
            self._timer.cancel()

    def _look(self) -> None:
        if self._silent:
            self._ask()
            self._timer = self._loop.call_later(self._patience, self._give_up)
        else:
            self._silent = True
            self._timer = self._loop.call_later(self._quiet, self._look)

    def _give_up(self) -> None:
        if self._silent:
            self._gone(self._quiet + self._patience)
        else:
            self._look()
