"""What a run of the stack's benchmark showed, as tables of the terminal."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import fields

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.report import LABELS
from benchmarks.rounds import Figures, median
from benchmarks.stack.compose import TUNED, UPSTREAM
from benchmarks.stack.idle import Idle
from benchmarks.stack.recovery import Recovery


def tables(
    rounds: Mapping[str, Sequence[Figures]],
    ratio: float,
    bars: Sequence[Bar],
    recoveries: Sequence[Recovery],
    shards: Mapping[int, Sequence[Figures]],
    idle: Mapping[int, Sequence[Idle]],
) -> list[Table]:
    """Returns the bars, both forms, the recoveries, and the shards if any were compared."""
    shown = [bars_table(bars), _forms(rounds, ratio), _recoveries(recoveries)]
    if shards:
        shown.append(_shards(shards, idle))
    return shown


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    return table


def _forms(rounds: Mapping[str, Sequence[Figures]], ratio: float) -> Table:
    tuned, upstream = median(rounds[TUNED]), median(rounds[UPSTREAM])
    title = f"The stack and upstream's settings, in turn: medians of {len(rounds[TUNED])}"
    table = _table(title, "what", TUNED, UPSTREAM)
    for name, label in LABELS.items():
        table.add_row(label, f"{getattr(tuned, name):.1f}", f"{getattr(upstream, name):.1f}")
    table.add_row("throughput, tuned / upstream, median of the pairs", f"{ratio:.2f}", "")
    return table


def _recoveries(recoveries: Sequence[Recovery]) -> Table:
    table = _table("Seconds after a SIGKILL", "what", "median", "longest")
    for one in fields(Recovery):
        seconds = [getattr(each, one.name) for each in recoveries]
        table.add_row(one.name.replace("_", " "), f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}")
    return table


def _shards(shards: Mapping[int, Sequence[Figures]], idle: Mapping[int, Sequence[Idle]]) -> Table:
    names = [one.name for one in fields(Idle)]
    table = _table(
        "History shards", "shards", "workflows/s", "three activities p50, ms",
        *(f"idle {name.replace('_', ' ')}, {'%' if 'cpu' in name else 'MiB'}" for name in names),
    )  # fmt: skip
    for count, figures in shards.items():
        middle = median(figures)
        rest = [statistics.median(getattr(one, name) for one in idle[count]) for name in names]
        table.add_row(
            str(count),
            f"{middle.throughput:.1f}",
            f"{middle.latency_p50:.0f}",
            *(f"{one:.1f}" for one in rest),
        )
    return table
