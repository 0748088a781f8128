"""What a run showed: tables for people, one JSON object for programs, and the bars."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from benchmarks.bars import Bar, bars_table
from benchmarks.recovery.figures import COLUMNS, figures
from benchmarks.recovery.fleet import CACHE_OFF, SUPERVISED
from benchmarks.recovery.kills import Kills
from benchmarks.recovery.load import Load
from benchmarks.recovery.parked import Parked
from benchmarks.recovery.points import POINTS, Point
from benchmarks.recovery.rolling import Rolling
from benchmarks.recovery.run import Measured

KILLED = "Killed is the oldest of two workers, once both are up and it has a workflow at the kill point."
WAITS = "Late is the longest wait of a workflow for a worker: start, steps, timer, results."


def bars(measured: Measured) -> list[Bar]:
    """Returns the project's bars for what was measured."""
    return [*_kill_bars(measured.kills), *_load_bars(measured.loads), *_rolling_bars(measured.rolling)]


def tables(measured: Measured) -> list[Table]:
    """Returns a table for each part that was measured, and the bars."""
    shown = []
    if measured.kills:
        shown.append(_kills_table(measured.kills))
    if measured.loads:
        shown.append(_load_table(measured.loads, measured.saturation or 0.0))
    if measured.parked:
        shown.append(_parked_table(measured.parked))
    if measured.rolling:
        shown.append(_rolling_table(measured.rolling))
    return [*shown, bars_table(bars(measured))]


def as_json(measured: Measured) -> dict[str, object]:
    """Returns everything, with the single measurements, as a JSON object."""
    return {
        "bars": [asdict(bar) | {"met": bar.met} for bar in bars(measured)],
        "kills": [asdict(one) for one in measured.kills],
        "saturation": measured.saturation,
        "loads": [
            {
                "name": load.name,
                "rate": load.rate,
                "kills": load.kills,
                "unfinished": load.unfinished,
                "late_hit": load.late(hit=True),
                "late_others": load.late(hit=False),
            }
            for load in measured.loads
        ],
        "parked": [asdict(one) for one in measured.parked],
        "rolling": [asdict(one) for one in measured.rolling],
    }


def _kill_bars(kills: Sequence[Kills]) -> list[Bar]:
    found = []
    for one in kills:
        if not one.variant.supervised:
            continue
        found.append(Bar(f"{one.workers}: unfinished after a kill", len(one.unfinished), 1, "workflows"))
        for point in POINTS:
            if of := figures(one.late[point.name]):
                beyond = _replay(kills, point, one) if point.replays else 0.0
                name = f"{one.workers}: {point.name}{', beyond a replay' if beyond else ''}"
                found.append(Bar(f"{name}, p50", 1000 * (of.p50 - beyond), 30, "ms"))
                found.append(Bar(f"{name}, p99", 1000 * (of.p99 - beyond), 100, "ms"))
    return found


def _replay(kills: Sequence[Kills], point: Point, of: Kills) -> float:
    """Returns what a point takes on living workers that replay, in seconds: stock ones without a cache."""
    twin = next((one for one in kills if one.workers == f"{CACHE_OFF.name}, {of.load}"), None)
    without = figures(twin.late[point.name]) if twin else None
    return without.p50 if without else 0.0


def _load_bars(loads: Sequence[Load]) -> list[Bar]:
    of = {load.name: load for load in loads}
    quiet, killed = (of.get(f"{SUPERVISED.name}, {kind}") for kind in ("no kill", "kills"))
    if quiet is None or killed is None:
        return []
    without, with_kills, hit = figures(quiet.late()), figures(killed.late()), figures(killed.late(hit=True))
    if without is None or with_kills is None:
        return []
    return [
        Bar("load: over 1 s because of a kill", hit.long if hit else 0, 1, "workflows"),
        Bar("load: p50 with kills / without", with_kills.p50 / without.p50, 1.5, ""),
        Bar("load: p99 with kills / without", with_kills.p99 / without.p99, 1.5, ""),
        Bar("load: unfinished", len(killed.unfinished), 1, "workflows"),
    ]


def _rolling_bars(rolling: Sequence[Rolling]) -> list[Bar]:
    return [
        Bar(
            "rolling restarts: attempted twice or lost",
            max(one.twice, one.begun_twice) + one.unfinished,
            1,
            "",
        )
        for one in rolling
        if one.name == SUPERVISED.name
    ]


def _kills_table(kills: Sequence[Kills]) -> Table:
    shown = _table("Late after a single kill", "kill point", "workers", *COLUMNS)
    shown.caption = KILLED
    for point in kills[0].late:
        for one in kills:
            if of := figures(one.late[point]):
                shown.add_row(point, one.workers, *of.cells())
        shown.add_section()
    return shown


def _load_table(loads: Sequence[Load], saturation: float) -> Table:
    rate = loads[0].rate
    title = (
        f"{rate:.3g} workflows a second, {100 * rate / saturation:.0f} % of the {saturation:.3g} sustained"
    )
    shown = _table(f"A loaded service: {title}", "workers", "kills", "which", *COLUMNS)
    shown.caption = WAITS
    for load in loads:
        whose = {"all": None} | ({"hit by a kill": True, "others": False} if load.kills else {})
        for name, hit in whose.items():
            if of := figures(load.late(hit=hit)):
                shown.add_row(load.name, str(load.kills), name, *of.cells())
        shown.add_section()
    return shown


def _parked_table(parked: Sequence[Parked]) -> Table:
    shown = _table("Many parked workflows and one kill", "run", "held by the dead", "which", *COLUMNS)
    for one in parked:
        for name, late in (
            ("signal right after", one.released),
            ("timers, held by the dead", one.late),
            ("timers, others", one.others),
        ):
            if of := figures(late):
                shown.add_row(one.name, str(one.held), name, *of.cells())
        shown.add_section()
    return shown


def _rolling_table(rolling: Sequence[Rolling]) -> Table:
    heads = ("restarts", "processes", "workflows", "attempted twice", "begun twice", "unfinished")
    shown = _table("Graceful restarts under load", "workers", *heads, *COLUMNS)
    for one in rolling:
        counts = (one.restarts, one.workers, one.workflows, one.twice, one.begun_twice, one.unfinished)
        of = figures(one.late)
        shown.add_row(one.name, *map(str, counts), *(of.cells() if of else []))
    return shown


def _table(title: str, *columns: str) -> Table:
    shown = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        shown.add_column(column, justify="right" if number else "left", no_wrap=number == 0)
    return shown
