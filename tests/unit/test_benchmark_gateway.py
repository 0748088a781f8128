import dataclasses
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.gateway.__main__ import app, in_turn
from benchmarks.gateway.load import Sample
from benchmarks.gateway.report import bars, cost, tables
from benchmarks.gateway.ways import Way
from temporal.command_line import USAGE, run_app

DIRECT = Sample(latency=[10, 20, 30], throughput=20, cpu=0, all_cpu=100, rss=0)
GATEWAY = Sample(latency=[11, 21, 31], throughput=19, cpu=4, all_cpu=104, rss=70)
ROUND = {"direct": DIRECT, "gateway": GATEWAY}


def test_a_cost_is_the_median_of_what_the_rounds_differ_by() -> None:
    slow = {
        way: dataclasses.replace(sample, throughput=sample.throughput / 4) for way, sample in ROUND.items()
    }
    odd = {
        "direct": DIRECT,
        "gateway": dataclasses.replace(GATEWAY, throughput=10, latency=[90], all_cpu=300),
    }
    of = cost([ROUND, slow, odd], "gateway")
    assert (round(of.lost, 6), of.added, of.cpu, round(of.cpu_added, 6), of.rss) == (0.05, 1, 4, 0.04, 70)
    assert (round(of.lost_from, 6), round(of.lost_to, 6)) == (0.05, 0.5)


def test_every_bar_is_met_by_a_cheap_gateway_and_missed_by_a_dear_one() -> None:
    assert all(bar.met for bar in bars([ROUND]))
    dear = Sample(latency=[26], throughput=17, cpu=20, all_cpu=120, rss=91)
    assert not any(bar.met for bar in bars([{"direct": DIRECT, "gateway": dear}]))


def test_the_gateway_must_not_be_dearer_than_the_go_proxy() -> None:
    cheaper = dataclasses.replace(GATEWAY, throughput=19.5, latency=[10, 20.5, 30])
    found = bars([ROUND | {"temporal-proxy": cheaper}])
    assert [bar.what for bar in found if not bar.met] == [
        "throughput lost, gateway - temporal-proxy",
        "added, gateway - temporal-proxy",
    ]
    assert all(bar.met for bar in bars([ROUND | {"temporal-proxy": GATEWAY}]))


def test_each_round_begins_with_another_way() -> None:
    up = [Way(name, name, None) for name in "abc"]
    assert ["".join(way.name for way in in_turn(up, number)) for number in range(4)] == [
        "abc",
        "bca",
        "cab",
        "abc",
    ]


def test_the_tables_have_a_row_a_way() -> None:
    console = Console(width=160)
    with console.capture() as captured:
        console.print(*tables([ROUND]))
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in captured.get().splitlines()
        if "│" in line
    ]
    assert ["direct", "20.0", "30.0", "20.0", "100.0", "-", "-"] in rows
    assert ["gateway", "21.0", "31.0", "19.0", "104.0", "4.0", "70"] in rows
    assert ["gateway", "5.0% (5.0% to 5.0%)", "1.0 ms (1.0 to 1.0)", "+4.0%"] in rows


def test_a_go_proxy_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(app, ["--with-go-proxy", str(tmp_path / "none")]) == USAGE
    assert capsys.readouterr().err.count("\n") == 1
