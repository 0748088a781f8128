"""`python -m benchmarks.load`: where the service saturates and on what, and how it behaves beyond.

The project's bars are for the parts ramp, api, backlog and parked at their default sizes; the part soak is
the hour.
"""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.bars import bars_table, verdict
from benchmarks.load.parts import approvals, at_rate, backlog, demos, parked, ramp
from benchmarks.load.report import Measured, as_json, bars, conclusions, tables
from benchmarks.load.service import service
from benchmarks.output import machine, print_tables
from temporal.command_line import clean_up_when_terminated, leave, run_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


class Part(StrEnum):
    """What can be measured; each on an engine of its own."""

    RAMP = "ramp"
    API = "api"
    BACKLOG = "backlog"
    PARKED = "parked"
    SOAK = "soak"


Parts = Annotated[list[Part] | None, typer.Option("--part", help="What to measure; default: ramp.")]
Rates = Annotated[str, typer.Option(metavar="N,N,…", help="Workflows a second, one after another.")]
Rate = Annotated[float, typer.Option(min=0.1, max=1_000, help="Workflows a second of the soak.")]
Seconds = Annotated[float, typer.Option(min=1, max=604_800)]
Count = Annotated[int, typer.Option(min=1, max=1_000_000)]
Workers = Annotated[int, typer.Option(min=1, max=16)]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw it, as .png or .svg.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def main(
    part: Parts = None,
    rates: Rates = "4,8,12,16,24,32",
    step_seconds: Seconds = 20.0,
    backlog_starts: Count = 5_000,
    parked_workflows: Count = 10_000,
    asleep_seconds: Seconds = 300.0,
    soak_seconds: Seconds = 3_600.0,
    soak_rate: Rate = 4.0,
    workers: Workers = 2,
    plot_file: Plot = None,
    json_wanted: Json = False,
) -> int:
    """Measure a load; exit code 1 when work was lost or a bar is missed."""
    clean_up_when_terminated()
    steps = _rates(rates)
    parts = part or [Part.RAMP]

    async def run(progress: Callable[[str], None]) -> Measured:
        measured = Measured(workers)
        if Part.RAMP in parts:
            async with service(workers) as up:
                measured.ramp = await ramp(up, demos, steps, step_seconds, progress)
        if Part.API in parts:
            async with service(workers) as up:
                await up.start_api()
                measured.api = await ramp(up, approvals, steps, step_seconds, progress)
        if Part.BACKLOG in parts:
            async with service(workers, started=False) as up:
                measured.backlog = await backlog(up, backlog_starts, progress)
        if Part.PARKED in parts:
            async with service(workers) as up:
                measured.parked = await parked(up, parked_workflows, asleep_seconds, progress)
        if Part.SOAK in parts:
            async with service(workers) as up:
                measured.soak = await at_rate(up, demos, soak_rate, soak_seconds, progress)
        return measured

    with Console(stderr=True).status("starting") as status:
        measured = asyncio.run(run(status.update))
    if plot_file is not None:
        from benchmarks.load.plot import plot  # the only part that needs matplotlib

        plot(measured, plot_file)
    if json_wanted:
        typer.echo(json.dumps({"machine": machine(), **as_json(measured)}))
    else:
        print_tables(
            machine(), [*tables(measured), "\n".join(conclusions(measured)), bars_table(bars(measured))]
        )
    return verdict(bars(measured))


def _rates(given: str) -> list[float]:
    try:
        rates = [float(one) for one in given.split(",")]
    except ValueError:
        rates = []
    if not rates or not all(0.1 <= rate <= 1_000 for rate in rates):
        raise typer.BadParameter(f"--rates={given!r}: allowed: numbers from 0.1 to 1000, with commas between")
    return rates


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.load"))
