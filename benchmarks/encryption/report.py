"""What encryption costs, round by round beside the SDK's own converter."""

import statistics

from rich.table import Table

from benchmarks import paired
from benchmarks.bars import Bar, bars_table
from benchmarks.encryption.workload import ON, STOCK
from benchmarks.paired import Measured

MOST_LOST = 0.10
"""The bar: share of throughput that encryption may cost, and of processor time that it may add."""


def lost(measured: Measured, mode: str) -> list[float]:
    """Returns the share of throughput that a mode lost, by round."""
    return paired.lost(measured, mode, STOCK)


def added(measured: Measured, mode: str) -> list[float]:
    """Returns the share of processor time that a mode added to a workflow, by round."""
    return paired.added(measured, mode, STOCK)


def bars(measured: Measured) -> list[Bar]:
    """Returns the project's bars for what was measured."""
    return [
        Bar(
            "throughput lost by encryption", 100 * statistics.median(lost(measured, ON)), 100 * MOST_LOST, "%"
        ),
        # Where processors are what is short, this is the throughput again, without a busy machine's noise.
        Bar("processor time added by it", 100 * statistics.median(added(measured, ON)), 100 * MOST_LOST, "%"),
    ]


def tables(measured: Measured) -> list[Table]:
    """Returns the modes and the bars as tables."""
    return [paired.modes_table(measured, STOCK), bars_table(bars(measured))]
