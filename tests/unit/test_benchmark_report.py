import dataclasses
import json

import pytest
from rich.console import Console

from benchmarks.__main__ import show
from benchmarks.chaos_time import ChaosFigures
from benchmarks.report import Report
from benchmarks.rounds import Figures, median, percentile
from temporal.command_line import DONE, FAILED

FAST = Figures(start_p50=10, start_p95=20, latency_p50=80, latency_p95=100, throughput=20)
SLOW = Figures(start_p50=40, start_p95=80, latency_p50=160, latency_p95=200, throughput=8)
REPORT = Report(
    machine={"cpus": 2, "load": 0.5},
    rounds={"tuned": [FAST, SLOW, FAST], "stock": [SLOW, SLOW, FAST]},
    worker_starts=[0.5, 0.4, 9.0],
    chaos=ChaosFigures(12.0, late_cached=5.0, late_uncached=0.01),
)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 10), (95, 19), (96, 20), (100, 20)])
def test_a_percentile_is_the_smallest_value_that_covers_its_share(percent: int, expected: int) -> None:
    assert percentile([float(value) for value in range(20, 0, -1)], percent) == expected


def test_rounds_are_summed_up_by_the_median_of_each_figure() -> None:
    odd = dataclasses.replace(FAST, throughput=9.0)
    assert median([FAST, odd, SLOW]) == dataclasses.replace(FAST, throughput=9.0)


def test_the_ratios_are_tuned_over_stock() -> None:
    assert REPORT.engines()["ratio"] == {
        "start_p50": 0.25,
        "start_p95": 0.25,
        "latency_p50": 0.5,
        "latency_p95": 0.5,
        "throughput": 2.5,
    }


def test_every_bar_is_met_by_figures_below_it() -> None:
    assert [(bar.measured, bar.limit, bar.met) for bar in REPORT.bars()] == [
        (10, 50, True),
        (0.5, 0.6, True),
        (12.0, 20, True),
    ]


def test_each_bar_is_missed_by_its_own_figure() -> None:
    slow_start = dataclasses.replace(SLOW, start_p50=50)
    for number, missed in enumerate(
        (
            dataclasses.replace(REPORT, rounds={"tuned": [slow_start], "stock": [FAST]}),
            dataclasses.replace(REPORT, worker_starts=[0.6, 0.6, 0.1]),
            dataclasses.replace(REPORT, chaos=dataclasses.replace(REPORT.chaos, seconds=20.0)),
        )
    ):
        assert [index for index, bar in enumerate(missed.bars()) if not bar.met] == [number]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_missed_bar_is_the_exit_code(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    missed = dataclasses.replace(REPORT, worker_starts=[0.7])
    assert show(REPORT, as_json=as_json) == DONE
    assert show(missed, as_json=as_json) == FAILED
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 2 or not as_json


def test_the_json_has_the_bars_the_engines_and_every_round() -> None:
    told = json.loads(json.dumps(REPORT.as_json()))
    assert [bar["met"] for bar in told["bars"]] == [True, True, True]
    assert told["machine"] == REPORT.machine
    assert told["engines"]["stock"]["throughput"] == 8
    assert [one["throughput"] for one in told["rounds"]["tuned"]] == [20, 8, 20]
    assert told["late_after_kill_mid_sleep_seconds"] == {"default_cache": 5.0, "no_cache": 0.01}


def test_the_tables_name_every_figure_beside_its_ratio() -> None:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(*REPORT.tables())
    rows = [line.split("│")[1:-1] for line in captured.get().splitlines() if "│" in line]
    shown = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows}
    assert shown["throughput, workflows/s"] == ["20.0", "8.0", "2.50"]
    assert shown["three activities p50, ms"] == ["80.0", "160.0", "0.50"]
    assert shown["both seed chaos scenarios"] == ["12 s", "< 20 s"]
    assert shown["WORKER_MAX_CACHED_WORKFLOWS=0"] == ["0.010 s"]
