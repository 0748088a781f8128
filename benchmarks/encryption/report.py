"""What encryption costs, round by round beside the SDK's own converter."""

import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.encryption.workload import ON, STOCK, Sample
from benchmarks.rounds import percentile

Measured = Sequence[Mapping[str, Sample]]

MOST_LOST = 0.10
"""The bar: share of throughput that encryption may cost, and of processor time that it may add."""


def lost(measured: Measured, mode: str) -> list[float]:
    """Returns the share of throughput that a mode lost, by round."""
    return [1 - one[mode].throughput / one[STOCK].throughput for one in measured]


def added(measured: Measured, mode: str) -> list[float]:
    """Returns the share of processor time that a mode added to a workflow, by round."""
    return [one[mode].cpu / one[STOCK].cpu - 1 for one in measured]


def bars(measured: Measured) -> list[Bar]:
    """Returns the project's bars for what was measured."""
    return [
        Bar(
            "throughput lost by encryption", 100 * statistics.median(lost(measured, ON)), 100 * MOST_LOST, "%"
        ),
        # Where processors are what is short, this is the throughput again, without a busy machine's noise.
        Bar("processor time added by it", 100 * statistics.median(added(measured, ON)), 100 * MOST_LOST, "%"),
    ]


def _modes_table(measured: Measured) -> Table:
    shown = Table(title=f"Medians of {len(measured)} rounds (quartiles)", title_justify="left")
    for column in ("mode", "workflows/s", "CPU of all, ms each", "throughput lost", "CPU added"):
        shown.add_column(column, justify="left" if column == "mode" else "right")
    for mode in measured[0]:
        cells = [
            f"{statistics.median(shares):.1%} ({percentile(shares, 25):.1%} to {percentile(shares, 75):.1%})"
            for shares in (lost(measured, mode), added(measured, mode))
        ]
        shown.add_row(
            mode,
            f"{statistics.median(one[mode].throughput for one in measured):.1f}",
            f"{statistics.median(one[mode].cpu for one in measured):.1f}",
            *(("-", "-") if mode == STOCK else cells),
        )
    return shown


def tables(measured: Measured) -> list[Table]:
    """Returns the modes and the bars as tables."""
    return [_modes_table(measured), bars_table(bars(measured))]
