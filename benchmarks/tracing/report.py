"""What being watched costs, round by round beside not being watched."""

import statistics
from collections.abc import Mapping, Sequence

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.rounds import percentile
from benchmarks.tracing.workload import BOTH, NEITHER, Sample

Measured = Sequence[Mapping[str, Sample]]

MOST_LOST = 0.05
"""The bar: share of throughput that metrics and traces may cost together."""


def lost(measured: Measured, mode: str) -> list[float]:
    """Returns the share of throughput that a mode lost, by round."""
    return [1 - one[mode].throughput / one[NEITHER].throughput for one in measured]


def added(measured: Measured, mode: str) -> list[float]:
    """Returns the share of processor time that a mode added to a workflow, by round."""
    return [one[mode].cpu / one[NEITHER].cpu - 1 for one in measured]


def bars(measured: Measured) -> list[Bar]:
    """Returns the project's bar for what was measured."""
    share = statistics.median(lost(measured, BOTH))
    return [Bar("throughput lost by metrics and traces", 100 * share, 100 * MOST_LOST, "%")]


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
            *(("-", "-") if mode == NEITHER else cells),
        )
    return shown


def tables(measured: Measured) -> list[Table]:
    """Returns the modes and the bar as tables."""
    return [_modes_table(measured), bars_table(bars(measured))]
