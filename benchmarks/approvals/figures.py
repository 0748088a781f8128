"""What was measured, and the promises about it."""

import statistics
from dataclasses import asdict, dataclass

from benchmarks.bars import Bar

DECIDERS = 100
WAITING = 1_000


@dataclass
class Figures:
    """What was measured, in seconds.

    Attributes:
        decisions: From a decision's request to the server's word that its outcome is recorded.
        answers: From a decision's request to its answer.
        at_once: The answers to a hundred deciders of one request.
        pages: The inbox page with a thousand requests waiting.
        lists: The same as JSON.
    """

    decisions: list[float]
    answers: list[float]
    at_once: list[float]
    pages: list[float]
    lists: list[float]

    def bars(self) -> list[Bar]:
        """Returns the promises; without enough requests waiting there is none about the inbox."""
        bars = [
            Bar(
                "decision request to outcome recorded, p50", statistics.median(self.decisions) * 1e3, 60, "ms"
            ),
            Bar(f"{DECIDERS} deciders at once, slowest answer", max(self.at_once), 2, "s"),
        ]
        if self.pages:
            what = f"inbox page with {WAITING} waiting, p50"
            bars.append(Bar(what, statistics.median(self.pages) * 1e3, 300, "ms"))
        return bars

    def shown(self) -> dict[str, str]:
        """Returns every figure as median and slowest, in milliseconds."""
        return {
            name: f"{statistics.median(seconds) * 1e3:.0f} ({max(seconds) * 1e3:.0f}) ms"
            for name, seconds in asdict(self).items()
            if seconds
        }
