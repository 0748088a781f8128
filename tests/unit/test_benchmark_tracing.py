import pytest
from rich.console import Console

from benchmarks.tracing.report import bars, lost, tables
from benchmarks.tracing.workload import BOTH, METRICS, NEITHER, Sample

ROUND = {NEITHER: Sample(20, 100), METRICS: Sample(20, 101), BOTH: Sample(19.4, 104)}


def test_a_share_is_taken_within_each_round_and_the_median_counts() -> None:
    slow = {mode: Sample(sample.throughput / 4, sample.cpu) for mode, sample in ROUND.items()}
    odd = {**ROUND, BOTH: Sample(10, 300)}
    assert lost([ROUND, slow, odd], BOTH) == pytest.approx([0.03, 0.03, 0.5])
    assert [bar.measured for bar in bars([ROUND, slow, odd])] == pytest.approx([3])


def test_the_bar_is_missed_when_being_watched_is_dear() -> None:
    assert all(bar.met for bar in bars([ROUND]))
    assert not any(bar.met for bar in bars([{**ROUND, BOTH: Sample(18.9, 100)}]))


def test_the_tables_show_every_mode() -> None:
    console = Console(width=200, record=True)
    console.print(*tables([ROUND, ROUND]))
    shown = console.export_text()
    assert all(mode in shown for mode in ROUND)
