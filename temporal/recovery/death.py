"""How a worker ended, and whether that is the command's own fault."""

from dataclasses import dataclass, field
from datetime import datetime

from temporal.recovery.release import Released

YOUNG_SECONDS = 10.0
"""Below this age, in seconds, a worker died young."""

FIRST_SIGNAL_CODE = 128
"""A shell reports a child's death by signal N as exit code 128 + N."""


@dataclass
class Death:
    """How a worker ended.

    Attributes:
        slot: Its place.
        pid: Its process.
        at: When, in UTC.
        cause: `exit CODE`, `signal NUMBER`, or how it hung.
        code: Its exit code; below 0 the signal.
        polled: Whether it had polled.
        seconds: How long it lived.
        released: What it held; empty while the release is under way.
    """

    slot: int
    pid: int
    at: datetime
    cause: str
    code: int
    polled: bool
    seconds: float
    released: Released = field(default_factory=Released)

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
            f"worker {self.slot}: process {self.pid} ended ({self.cause}); "
            f"released {released} in {self.released.seconds * 1000:.0f} ms"
        )
