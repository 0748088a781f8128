"""`python -m benchmarks`: measures everything in one run; exit code 1 when a bar is missed."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.bars import verdict
from benchmarks.chaos_time import chaos_figures
from benchmarks.output import machine, print_tables
from benchmarks.report import Report
from benchmarks.rounds import compare
from benchmarks.worker_start import worker_starts
from temporal.command_line import clean_up_when_terminated, leave, run_app
from temporal.config import load_settings
from temporal.dev_server import find_cli

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Rounds = Annotated[int, typer.Option(min=1, max=100, help="How often each engine is measured.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def main(rounds: Rounds = 3, as_json: Json = False) -> int:
    """Measure the embedded engine beside the stock one, and the bars; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    cli = find_cli(load_settings().engine)
    with Console(stderr=True).status("starting") as status:
        report = asyncio.run(_measure(cli, rounds, status.update))
    return show(report, as_json=as_json)


async def _measure(cli: Path, rounds: int, progress: Callable[[str], None]) -> Report:
    where = machine()
    compared = await compare(cli, rounds, progress)
    progress("worker starts")
    starts = await worker_starts()
    progress("chaos scenarios")
    return Report(where, compared, starts.ours, await chaos_figures(), starts.bare)


def show(report: Report, *, as_json: bool) -> int:
    """Prints a report and returns the exit code: FAILED when a bar is missed."""
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        print_tables(report.machine, report.tables())
    return verdict(report.bars())


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks"))
