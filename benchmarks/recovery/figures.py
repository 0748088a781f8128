"""Figures of many lateness measurements: count, percentiles, and the share over a second."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.rounds import percentile

LONG_SECONDS = 1.0
"""What counts as long, in seconds: Temporal's own step is a few milliseconds."""


@dataclass(frozen=True)
class Figures:
    """What is told of a set of measurements; times are in seconds.

    Attributes:
        n: How many.
        p50: Half are at most this.
        p95: 95 % are at most this.
        p99: 99 % are at most this; with fewer than 100 the longest.
        longest: The longest.
        long: How many are over LONG_SECONDS.
    """

    n: int
    p50: float
    p95: float
    p99: float
    longest: float
    long: int

    def cells(self) -> list[str]:
        """Returns them as cells of a table: times in milliseconds."""
        times = (self.p50, self.p95, self.p99, self.longest)
        return [str(self.n), *(f"{1000 * time:,.0f}" for time in times), f"{self.long / self.n:.1%}"]

    def as_json(self) -> dict[str, float]:
        """Returns them as a JSON object."""
        times = {"p50": self.p50, "p95": self.p95, "p99": self.p99, "max": self.longest}
        return {
            "n": self.n,
            **{name: round(time, 4) for name, time in times.items()},
            "over_1s": self.long,
        }


COLUMNS = ("n", "p50, ms", "p95, ms", "p99, ms", "max, ms", "over 1 s")
"""The heads of `cells`."""


def figures(seconds: Sequence[float]) -> Figures | None:
    """Returns the figures of at least one measurement, else None."""
    if not seconds:
        return None
    p50, p95, p99 = (percentile(seconds, percent) for percent in (50, 95, 99))
    return Figures(len(seconds), p50, p95, p99, max(seconds), sum(one > LONG_SECONDS for one in seconds))
