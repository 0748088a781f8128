"""What a run showed: as tables for people and as one JSON object for programs."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from rich.table import Table

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


def machine() -> dict[str, object]:
    """Returns what the figures depend on; `load` is the machine's over the last minute."""
    return {
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
    }


@dataclass(frozen=True)
class Bar:
    """A promise of the project: what was measured must stay below `limit`; both in `unit`."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it was kept."""
        return self.measured < self.limit


@dataclass(frozen=True)
class Report:
    """Everything that one run measured.

    Attributes:
        machine: Where, from `machine()`, before the run.
        rounds: Each engine's figures, one a round.
        worker_starts: Seconds from a worker process's start until it polls.
        chaos: The chaos scenarios.
    """

    machine: dict[str, object]
    rounds: dict[str, list[Figures]]
    worker_starts: Sequence[float]
    chaos: ChaosFigures

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
            "late_after_kill_mid_sleep_seconds": {
                "default_cache": round(self.chaos.late_cached, 4),
                "no_cache": round(self.chaos.late_uncached, 4),
            },
        }

    def conditions(self) -> str:
        """Returns one line that names what the figures depend on."""
        return ", ".join(f"{name} {value}" for name, value in self.machine.items())

    def tables(self) -> list[Table]:
        """Returns the report as tables of the terminal."""
        return [self._bars_table(), self._engines_table(), self._late_table()]

    def _bars_table(self) -> Table:
        shown = _table("Bars")
        for column in ("what", "measured", "bar"):
            shown.add_column(column)
        for bar in self.bars():
            colour = "green" if bar.met else "red"
            shown.add_row(
                bar.what, f"[{colour}]{bar.measured:.3g} {bar.unit}[/]", f"< {bar.limit:g} {bar.unit}"
            )
        return shown

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
