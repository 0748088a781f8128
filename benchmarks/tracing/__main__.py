"""`python -m benchmarks.tracing`: what metrics and traces cost, paired with neither.

Every round runs the same workflows once in each mode, one right after another and each time another one
first, on one engine, with a worker for each mode in this process. What counts is the difference within a
round.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import paired
from benchmarks.bars import verdict
from benchmarks.engines import TUNED, running
from benchmarks.output import machine, print_tables
from benchmarks.paired import Measured, Sample
from benchmarks.tracing.report import bars, tables
from benchmarks.tracing.workload import measure, modes
from benchmarks.workload import IN_FLIGHT
from temporal.command_line import clean_up_when_terminated, leave, run_app
from temporal.config import load_settings
from temporal.dev_server import find_cli

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Rounds = Annotated[int, typer.Option(min=1, max=1_000, help="How often each mode is measured.")]
AtOnce = Annotated[int, typer.Option(min=1, help=f"Workflows a round, {IN_FLIGHT} under way.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def main(rounds: Rounds = 10, at_once: AtOnce = 100, as_json: Json = False) -> int:
    """Measure what metrics and traces cost; exit code 1 when the bar is missed."""
    clean_up_when_terminated()
    with Console(stderr=True).status("starting") as status:
        measured = asyncio.run(carry_out(rounds, at_once, status.update))
    if as_json:
        samples = [{mode: asdict(sample) for mode, sample in one.items()} for one in measured]
        typer.echo(json.dumps({"machine": machine(), "rounds": samples}))
    else:
        print_tables(machine(), tables(measured))
    return verdict(bars(measured))


async def carry_out(rounds: int, at_once: int, progress: Callable[[str], None]) -> Measured:
    """Measures every mode in every round, after one round that does not count."""
    async with running(TUNED, find_cli(load_settings().engine)) as client, modes(client) as clients:

        async def one(mode: str) -> Sample:
            return await measure(clients[mode], mode, at_once)

        return await paired.rounds(list(clients), one, rounds, progress)


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.tracing"))
