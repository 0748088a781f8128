"""`python -m benchmarks.encryption`: what payload encryption costs, paired with the SDK's plain converter.

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
from benchmarks.encryption.report import bars, tables
from benchmarks.encryption.workload import measure, modes
from benchmarks.engines import TUNED, running
from benchmarks.output import machine, print_tables
from benchmarks.paired import Measured, Sample
from benchmarks.workload import IN_FLIGHT
from temporal.command_line import clean_up_when_terminated, leave, run_app
from temporal.config import load_settings
from temporal.dev_server import find_cli

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Rounds = Annotated[int, typer.Option(min=1, max=1_000, help="How often each mode is measured.")]
AtOnce = Annotated[int, typer.Option(min=1, help=f"Workflows a round, {IN_FLIGHT} under way.")]
Size = Annotated[int, typer.Option("--payload-bytes", min=1, max=1_000_000, help="Size of every payload.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def main(rounds: Rounds = 10, at_once: AtOnce = 100, size: Size = 1_000, as_json: Json = False) -> int:
    """Measure what encryption costs; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    conditions = machine() | {"payload_bytes": size}
    with Console(stderr=True).status("starting") as status:
        measured = asyncio.run(carry_out(rounds, at_once, size, status.update))
    if as_json:
        samples = [{mode: asdict(sample) for mode, sample in one.items()} for one in measured]
        typer.echo(json.dumps({"machine": conditions, "rounds": samples}))
    else:
        print_tables(conditions, tables(measured))
    return verdict(bars(measured))


async def carry_out(rounds: int, at_once: int, size: int, progress: Callable[[str], None]) -> Measured:
    """Measures every mode in every round, after one round that does not count."""
    async with running(TUNED, find_cli(load_settings().engine)) as client, modes(client) as clients:

        async def one(mode: str) -> Sample:
            return await measure(clients[mode], mode, at_once, size)

        return await paired.rounds(list(clients), one, rounds, progress)


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.encryption"))
