"""What the gateway costs: each way beside the direct one, pair by pair."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.gateway.load import Sample
from benchmarks.gateway.ways import DIRECT, GATEWAY, GO_PROXY
from benchmarks.rounds import percentile

Rounds = Sequence[Mapping[str, Sample]]

MOST_LOST, MOST_ADDED_MS, MOST_MEGABYTES = 0.10, 5.0, 90.0
"""The bars: share of throughput lost, milliseconds added to three activities, resident memory in MB."""


@dataclass(frozen=True)
class Cost:
    """What one way costs beside the direct one of the same round: medians over the rounds.

    Attributes:
        lost: Share of throughput lost at saturation; below 0 when it was faster.
        lost_from: The lower quartile of that share.
        lost_to: Its upper quartile.
        added: Milliseconds added to a workflow of three activities: the difference of the rounds' medians.
        added_from: The lower quartile.
        added_to: The upper quartile.
        cpu: Processor milliseconds a workflow of the process in the middle.
        cpu_added: Share by which the processor time of everything, for one workflow, is higher.
        rss: Its resident memory at the end, in MB.
    """

    lost: float
    lost_from: float
    lost_to: float
    added: float
    added_from: float
    added_to: float
    cpu: float
    cpu_added: float
    rss: float


def cost(rounds: Rounds, way: str) -> Cost:
    """Returns what a way costs; every round has it and the direct one."""
    lost = [1 - one[way].throughput / one[DIRECT].throughput for one in rounds]
    added = [statistics.median(one[way].latency) - statistics.median(one[DIRECT].latency) for one in rounds]
    return Cost(
        lost=statistics.median(lost),
        lost_from=percentile(lost, 25),
        lost_to=percentile(lost, 75),
        added=statistics.median(added),
        added_from=percentile(added, 25),
        added_to=percentile(added, 75),
        cpu=statistics.median(one[way].cpu for one in rounds),
        cpu_added=statistics.median(one[way].all_cpu / one[DIRECT].all_cpu - 1 for one in rounds),
        rss=rounds[-1][way].rss,
    )


def bars(rounds: Rounds) -> list[Bar]:
    """Returns the project's bars for what was measured."""
    of = cost(rounds, GATEWAY)
    found = [
        Bar("throughput lost at saturation", 100 * of.lost, 100 * MOST_LOST, "%"),
        # Where processors are what is short, this is the throughput again, without a busy machine's noise.
        Bar("processor time added to a workflow", 100 * of.cpu_added, 100 * MOST_LOST, "%"),
        Bar("added to three activities", of.added, MOST_ADDED_MS, "ms"),
        Bar("resident memory", of.rss, MOST_MEGABYTES, "MB"),
    ]
    if GO_PROXY in rounds[0]:
        other = cost(rounds, GO_PROXY)
        found.append(Bar("throughput lost, gateway - temporal-proxy", 100 * (of.lost - other.lost), 0.1, "%"))
        found.append(Bar("added, gateway - temporal-proxy", of.added - other.added, 0.1, "ms"))
    return found


def tables(rounds: Rounds) -> list[Table]:
    """Returns the ways, their costs and the bars as tables."""
    return [_ways_table(rounds), _costs_table(rounds), bars_table(bars(rounds))]


def _ways_table(rounds: Rounds) -> Table:
    shown = Table(title=f"The ways, in turn: medians of {len(rounds)} rounds", title_justify="left")
    heads = (
        "3 activities p50, ms",
        "p95, ms",
        "workflows/s",
        "CPU of all, ms each",
        "its CPU, ms each",
        "RSS, MB",
    )
    for column in ("way", *heads):
        shown.add_column(column, justify="left" if column == "way" else "right")
    for way in rounds[0]:
        latency = [one for sample in rounds for one in sample[way].latency]
        middle = [statistics.median(one[way].cpu for one in rounds), rounds[-1][way].rss]
        shown.add_row(
            way,
            f"{percentile(latency, 50):.1f}",
            f"{percentile(latency, 95):.1f}",
            f"{statistics.median(one[way].throughput for one in rounds):.1f}",
            f"{statistics.median(one[way].all_cpu for one in rounds):.1f}",
            *(("-", "-") if way == DIRECT else (f"{middle[0]:.1f}", f"{middle[1]:.0f}")),
        )
    return shown


def _costs_table(rounds: Rounds) -> Table:
    shown = Table(title="Beside the direct way of the same round: median (quartiles)", title_justify="left")
    for column in ("way", "throughput lost", "added to three activities", "CPU of all"):
        shown.add_column(column, justify="left" if column == "way" else "right")
    for way in (way for way in rounds[0] if way != DIRECT):
        of = cost(rounds, way)
        shown.add_row(
            way,
            f"{of.lost:.1%} ({of.lost_from:.1%} to {of.lost_to:.1%})",
            f"{of.added:.1f} ms ({of.added_from:.1f} to {of.added_to:.1f})",
            f"{of.cpu_added:+.1%}",
        )
    return shown
