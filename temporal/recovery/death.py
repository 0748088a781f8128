"""How a worker ended, and whether that is the command's own fault."""

import signal
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from temporal.recovery.release import Released

YOUNG_SECONDS = 10.0
"""Below this age, in seconds, a worker died young."""

FIRST_SIGNAL_CODE = 128
"""A shell reports a child's death by signal N as exit code 128 + N."""


class Cause(StrEnum):
    """Why a worker ended; the last three were killed because they hung."""

    DRAINED = "drained"
    EXIT = "exit"
    SIGNAL = "signal"
    STOPPED = "stopped"
    DEAF = "deaf"
    STANDING_STILL = "standing still"


@dataclass
class Death:
    """How a worker ended.

    Attributes:
        slot: Its place.
        pid: Its process.
        at: When, in UTC.
        cause: Why.
        code: Its exit code; below 0 the signal.
        polled: Whether it had polled.
        seconds: How long it lived.
        released: What it held; empty while the release is under way.
    """

    slot: int
    pid: int
    at: datetime
    cause: Cause
    code: int
    polled: bool
    seconds: float
    released: Released = field(default_factory=Released)

    @property
    def how(self) -> str:
        """The cause with the exit code or the signal that goes with it."""
        return f"{self.cause} {abs(self.code)}" if self.cause in (Cause.EXIT, Cause.SIGNAL) else self.cause

    @property
    def young(self) -> bool:
        """Whether the worker had hardly begun."""
        return self.seconds < YOUNG_SECONDS

    @property
    def is_failure(self) -> bool:
        """Whether the command is to blame: it ended before it polled, or soon and by itself with an error."""
        return not self.polled or (self.young and 0 < self.code < FIRST_SIGNAL_CODE)

    def __str__(self) -> str:
        """Returns the line for the log."""
        counts = sorted(self.released.tasks.items())
        released = ", ".join(f"{count} {kind}" for kind, count in counts) or "nothing"
        return (
            f"worker {self.slot}: process {self.pid} ended ({self.how}); "
            f"released {released} in {self.released.seconds * 1000:.0f} ms"
        )


def cause_of(code: int, *, draining: bool) -> Cause:
    """Returns why a worker ended that was not killed for hanging.

    Args:
        code: Its exit code; below 0 the signal.
        draining: Whether it was asked to end; SIGTERM then is an end as asked.
    """
    if draining and code in (0, -signal.SIGTERM):
        return Cause.DRAINED
    return Cause.SIGNAL if code < 0 else Cause.EXIT
