"""What a run showed: as tables for people and as one JSON object for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.chaos_time import ChaosFigures
from benchmarks.engines import STOCK, TUNED
from benchmarks.rounds import Figures, median

LABELS = {
    "start_p50": "workflow start p50, ms",
    "start_p95": "workflow start p95, ms",
    "latency_p50": "three activities p50, ms",
    "latency_p95": "three activities p95, ms",
    "throughput": "throughput, workflows/s",
}


@dataclass(frozen=True)
class Report:
    """Everything that one run measured.

    Attributes:
        machine: Where, from `machine()`, before the run.
        rounds: Each engine's figures, one a round.
        worker_starts: Seconds from a worker process's start until it polls.
        chaos: The chaos scenarios.
        bare_starts: The same of the least worker of the SDK.
    """

    machine: dict[str, object]
    rounds: dict[str, list[Figures]]
    worker_starts: Sequence[float]
    chaos: ChaosFigures
    bare_starts: Sequence[float] = ()

    def engines(self) -> dict[str, dict[str, float]]:
        """Returns each engine's medians over the rounds, and the ratios tuned / stock."""
        tuned, stock = asdict(median(self.rounds[TUNED])), asdict(median(self.rounds[STOCK]))
        return {TUNED: tuned, STOCK: stock, "ratio": {name: tuned[name] / stock[name] for name in tuned}}

    def bars(self) -> list[Bar]:
        """Returns the bars and what was measured for each."""
        return [
            Bar("workflow start p50", self.engines()[TUNED]["start_p50"], 50, "ms"),
            Bar("worker process start to polling, median", statistics.median(self.worker_starts), 0.6, "s"),
            Bar("both seed chaos scenarios", self.chaos.seconds, 20, "s"),
        ]

    def as_json(self) -> dict[str, object]:
        """Returns the report as a JSON object."""
        return {
            "machine": self.machine,
            "bars": [
                asdict(bar) | {"measured": round(bar.measured, 4), "met": bar.met} for bar in self.bars()
            ],
            "engines": {engine: _rounded(figures) for engine, figures in self.engines().items()},
            "rounds": {
                engine: [_rounded(asdict(one)) for one in figures] for engine, figures in self.rounds.items()
            },
            "worker_start_seconds": [round(seconds, 4) for seconds in self.worker_starts],
            "bare_worker_start_seconds": [round(seconds, 4) for seconds in self.bare_starts],
            "late_after_kill_mid_sleep_seconds": {
                "default_cache": round(self.chaos.late_cached, 4),
                "no_cache": round(self.chaos.late_uncached, 4),
            },
        }

    def tables(self) -> list[Table]:
        """Returns the report as tables of the terminal."""
        return [bars_table(self.bars()), self._engines_table(), self._starts_table(), self._late_table()]

    def _engines_table(self) -> Table:
        count = len(self.rounds[TUNED])
        shown = _table(f"Tuned and stock engine, in turn: medians of {count}")
        shown.add_column("what")
        engines = self.engines()
        for column in (TUNED, STOCK, "tuned / stock"):
            shown.add_column(column, justify="right")
        for name, label in LABELS.items():
            tuned, stock, ratio = (engines[column][name] for column in (TUNED, STOCK, "ratio"))
            shown.add_row(label, f"{tuned:.1f}", f"{stock:.1f}", f"{ratio:.2f}")
        return shown

    def _starts_table(self) -> Table:
        shown = _table("A worker process's start to its polling, in turn: seconds")
        for column in ("worker", "median", "fastest"):
            shown.add_column(column)
        for name, starts in (("the project's", self.worker_starts), ("the SDK's least", self.bare_starts)):
            if starts:
                shown.add_row(name, f"{statistics.median(starts):.2f}", f"{min(starts):.2f}")
        return shown

    def _late_table(self) -> Table:
        shown = _table("A plain worker killed mid-sleep")
        shown.add_column("worker")
        shown.add_column("successor is late by", justify="right")
        shown.add_row("default cache", f"{self.chaos.late_cached:.3f} s")
        shown.add_row("WORKER_MAX_CACHED_WORKFLOWS=0", f"{self.chaos.late_uncached:.3f} s")
        return shown


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left")
