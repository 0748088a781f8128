import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.recovery.figures import Figures, figures
from benchmarks.recovery.fleet import CACHE_OFF, STOCK, SUPERVISED, Variant
from benchmarks.recovery.kills import Kills
from benchmarks.recovery.load import Load, Request
from benchmarks.recovery.parked import Parked
from benchmarks.recovery.plot import plot
from benchmarks.recovery.report import as_json, bars, tables
from benchmarks.recovery.rolling import Rolling
from benchmarks.recovery.run import Measured


def kills(variant: Variant, seconds: float) -> Kills:
    shown = Kills(variant, "idle", kills=2)
    for late in shown.late.values():
        late += [seconds, seconds]
    return shown


def load(name: str, *requests: Request) -> Load:
    return Load(name, rate=6, kills=0 if "no kill" in name else 3, requests=list(requests))


FAST, SLOW = Request("fast", 0.01, hit=False), Request("slow", 2.0, hit=True)
MEASURED = Measured(
    kills=[kills(STOCK, 10.0), kills(SUPERVISED, 0.02)],
    saturation=10.0,
    loads=[
        load("supervised, no kill", FAST),
        load("supervised, kills", FAST),
        load("stock, kills", FAST, SLOW),
    ],
    parked=[Parked("supervised, 3 parked", 3, 1, [0.01], [0.02], [0.03, 0.04], 0)],
    rolling=[Rolling("stock", 9, 11, 100, 1, 1, [0.1], 0), Rolling("supervised", 9, 20, 100, 0, 0, [0.1], 0)],
)


def missed(measured: Measured) -> list[str]:
    return [bar.what for bar in bars(measured) if not bar.met]


def test_figures_are_nearest_ranks_and_count_what_is_over_a_second() -> None:
    assert figures([]) is None
    assert figures([number / 100 for number in range(1, 201)]) == Figures(200, 1.0, 1.9, 1.98, 2.0, 100)


def test_every_bar_is_met_by_a_fast_run() -> None:
    assert missed(MEASURED) == []
    assert len(bars(MEASURED)) == 1 + 2 * len(MEASURED.kills[0].late) + 4 + 1


def test_what_holds_a_replay_counts_by_what_comes_on_top() -> None:
    late = [kills(CACHE_OFF, 0.04), kills(SUPERVISED, 0.02)]
    late[1].late["right after: query"] = [0.05, 0.05]
    assert missed(Measured(kills=late)) == []
    late[1].late["right after: query"] = [0.08, 0.08]
    assert missed(Measured(kills=late)) == ["supervised, idle: right after: query, beyond a replay, p50"]


def test_only_the_supervised_workers_have_bars() -> None:
    assert bars(Measured(kills=[kills(STOCK, 10.0)], rolling=MEASURED.rolling[:1])) == []


def test_each_bar_is_missed_by_its_own_figure() -> None:
    slow = kills(SUPERVISED, 0.02)
    slow.late["sleep"] += [0.2]
    slow.unfinished.append("lost")
    assert missed(Measured(kills=[slow])) == [
        "supervised, idle: unfinished after a kill",
        "supervised, idle: sleep, p99",
    ]
    late = [load("supervised, no kill", FAST), load("supervised, kills", SLOW)]
    late[1].unfinished.append("lost")
    assert len(missed(Measured(loads=late, saturation=10))) == 4
    assert len(missed(Measured(rolling=[Rolling("supervised", 9, 20, 100, 1, 0, [0.1], 0)]))) == 1


def test_lateness_that_no_kill_caused_is_no_missed_bar() -> None:
    slow_machine = Request("slow", 2.0, hit=False)
    loads = [load("supervised, no kill", slow_machine), load("supervised, kills", slow_machine)]
    assert missed(Measured(loads=loads, saturation=10)) == []


def test_the_tables_show_stock_and_supervised_side_by_side() -> None:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(*tables(MEASURED))
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in captured.get().splitlines()
        if "│" in line
    ]
    assert ["sleep", "stock, idle", "2", "10,000", "10,000", "10,000", "10,000", "100.0%"] in rows
    assert ["sleep", "supervised, idle", "2", "20", "20", "20", "20", "0.0%"] in rows
    assert ["stock, kills", "3", "hit by a kill", "1", "2,000", "2,000", "2,000", "2,000", "100.0%"] in rows
    assert "60 % of the 10 sustained" in captured.get()


def test_the_json_has_every_measurement() -> None:
    told = json.loads(json.dumps(as_json(MEASURED)))
    assert told["kills"][1]["late"]["sleep"] == [0.02, 0.02]
    assert told["loads"][2]["late_hit"] == [2.0]
    assert all(bar["met"] for bar in told["bars"])


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_the_plot_is_a_picture(tmp_path: Path, suffix: str, magic: bytes) -> None:
    file = tmp_path / f"plot{suffix}"
    plot(MEASURED, file)
    assert file.read_bytes().startswith(magic)
