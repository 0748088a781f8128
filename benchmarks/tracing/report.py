"""What being watched costs, round by round beside not being watched."""

import statistics

from rich.table import Table

from benchmarks import paired
from benchmarks.bars import Bar, bars_table
from benchmarks.paired import Measured
from benchmarks.tracing.workload import BOTH, NEITHER

MOST_LOST = 0.05
"""The bar: share of throughput that metrics and traces may cost together."""


def lost(measured: Measured, mode: str) -> list[float]:
    """Returns the share of throughput that a mode lost, by round."""
    return paired.lost(measured, mode, NEITHER)


def bars(measured: Measured) -> list[Bar]:
    """Returns the project's bar for what was measured."""
    share = statistics.median(lost(measured, BOTH))
    return [Bar("throughput lost by metrics and traces", 100 * share, 100 * MOST_LOST, "%")]


def tables(measured: Measured) -> list[Table]:
    """Returns the modes and the bar as tables."""
    return [paired.modes_table(measured, NEITHER), bars_table(bars(measured))]
