"""`python -m benchmarks.approvals`: what a decision by the API takes; exit code 1 when a bar is missed."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.approvals.figures import WAITING
from benchmarks.approvals.measure import measure
from benchmarks.bars import bars_table, verdict
from benchmarks.output import machine, print_tables
from temporal.command_line import clean_up_when_terminated, leave, run_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    decisions: Annotated[int, typer.Option(min=1, max=10_000, help="How many are measured.")] = 50,
    waiting: Annotated[int, typer.Option(min=0, max=10_000, help="Waiting for the inbox.")] = WAITING,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> int:
    """Measure decisions by the API and the inbox; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    with Console(stderr=True).status("starting") as status:
        figures = asyncio.run(measure(decisions, waiting, status.update))
    if as_json:
        typer.echo(json.dumps({"machine": machine(), **asdict(figures)}))
    else:
        print_tables({**machine(), **figures.shown()}, [bars_table(figures.bars())])
    return verdict(figures.bars())


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.approvals"))
