"""What the page is given: moments, and for every chart a value a moment and line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Lines = Mapping[str, Sequence[float | None]]
"""Values by the line's name; None where nothing is known."""


@dataclass(frozen=True, kw_only=True)
class Readings:
    """The data of all charts.

    Attributes:
        source: `prometheus` or `service`.
        times: The moments, in seconds since 1970, oldest first.
        charts: The lines of every chart, by its name; each line has a value for each moment.
    """

    source: str
    times: Sequence[float]
    charts: Mapping[str, Lines]
