"""`python -m benchmarks.gateway`: what the gateway costs, paired and interleaved with the direct way.

Every round measures each way once, one right after another and each time another one first: a machine that is
slow for a while is slow for all of them. What counts is the difference within a round.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from temporalio.client import Client

from benchmarks.bars import verdict
from benchmarks.engines import TUNED
from benchmarks.gateway.load import Sample, measure
from benchmarks.gateway.report import bars, cost, tables
from benchmarks.gateway.ways import DIRECT, Way, ways
from benchmarks.output import machine, print_tables
from benchmarks.recovery.run import server
from benchmarks.workload import IN_FLIGHT
from temporal.command_line import USAGE, CommandError, clean_up_when_terminated, leave, run_app
from temporal.config import load_settings
from temporal.dev_server import find_cli

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Rounds = Annotated[int, typer.Option(min=1, max=1_000, help="How often each way is measured.")]
Latency = Annotated[int, typer.Option("--one-at-a-time", min=1, help="Workflows a round for the latency.")]
AtOnce = Annotated[int, typer.Option(min=1, help=f"Workflows a round for throughput, {IN_FLIGHT} under way.")]
Target = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="A running server instead of an engine.")
]
Proxy = Annotated[Path | None, typer.Option("--with-go-proxy", metavar="PATH", help="temporal-proxy, built.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds, and of each the workflows one at a time and at once."""

    rounds: int
    one_at_a_time: int
    at_once: int

    async def carry_out(
        self, client: Client, up: list[Way], progress: Callable[[str], None]
    ) -> list[dict[str, Sample]]:
        """Measures every way in every round, after one round that does not count."""
        found = []
        for number in range(self.rounds + 1):
            of = {}
            for way in in_turn(up, number):
                progress(f"{way.name}, round {number} of {self.rounds}")
                of[way.name] = await measure(client, way, self.one_at_a_time, self.at_once)
            found.append({way.name: of[way.name] for way in up})
        return found[1:]


def in_turn(up: list[Way], number: int) -> list[Way]:
    """Returns the ways in the order of a round: each time the next one comes first."""
    first = number % len(up)
    return up[first:] + up[:first]


@app.command()
def main(
    rounds: Rounds = 10,
    one_at_a_time: Latency = 20,
    at_once: AtOnce = 100,
    target: Target = None,
    with_go_proxy: Proxy = None,
    as_json: Json = False,
) -> int:
    """Measure what the gateway costs; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    if with_go_proxy is not None and not with_go_proxy.is_file():
        raise CommandError(f"--with-go-proxy {with_go_proxy}: no program there", USAGE)
    cli = None if target else find_cli(load_settings().engine)
    conditions = machine() | {"server": target or "embedded engine"}

    plan = Plan(rounds, one_at_a_time, at_once)

    async def run(progress: Callable[[str], None]) -> list[dict[str, Sample]]:
        async with server(TUNED, cli, target) as (client, folder), ways(client, folder, with_go_proxy) as up:
            return await plan.carry_out(client, up, progress)

    with Console(stderr=True).status("starting") as status:
        measured = asyncio.run(run(status.update))
    if as_json:
        costs = {way: asdict(cost(measured, way)) for way in measured[0] if way != DIRECT}
        samples = [{way: asdict(sample) for way, sample in one.items()} for one in measured]
        typer.echo(json.dumps({"machine": conditions, "costs": costs, "rounds": samples}))
    else:
        print_tables(conditions, tables(measured))
    return verdict(bars(measured))


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.gateway"))
