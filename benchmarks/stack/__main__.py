"""`python -m benchmarks.stack`: the Compose stack beside upstream's settings, and its bars.

Exit code 1 when a bar is missed. Needs a running Docker engine and the stack's images. One stack runs at a
time, each from a clean state, in turn, so that all meet the same machine; the workers run in this process.
"""

import asyncio
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.bars import Bar, verdict
from benchmarks.output import machine, print_tables
from benchmarks.rounds import Figures, one_round
from benchmarks.stack.compose import TUNED, UPSTREAM, running
from benchmarks.stack.idle import Idle, idle
from benchmarks.stack.recovery import Recovery, recovery
from benchmarks.stack.report import tables
from temporal.command_line import clean_up_when_terminated, leave, run_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Rounds = Annotated[int, typer.Option(min=1, max=100, help="How often each form is measured.")]
Shards = Annotated[str, typer.Option(help="Numbers of history shards to compare too, such as 4,16,512.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]

ONE_AT_A_TIME, AT_ONCE = 20, 250
"""Workflows of a round: one by one for the latency, then 50 in flight for the throughput."""


@dataclass
class StackReport:
    """Everything that one run measured; times of `up` and of recoveries are in seconds."""

    machine: dict[str, object]
    rounds: dict[str, list[Figures]] = field(default_factory=lambda: {TUNED: [], UPSTREAM: []})
    up: list[float] = field(default_factory=list)
    up_again: list[float] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    shards: dict[int, list[Figures]] = field(default_factory=dict)
    idle: dict[int, list[Idle]] = field(default_factory=dict)

    def ratio(self) -> float:
        """Returns the median over the rounds of tuned / upstream throughput, each round by itself."""
        pairs = zip(self.rounds[TUNED], self.rounds[UPSTREAM], strict=True)
        return statistics.median(tuned.throughput / upstream.throughput for tuned, upstream in pairs)

    def bars(self) -> list[Bar]:
        """Returns the bars, each of which must stay below its limit; the ratio's is met from above."""
        return [
            Bar("up --wait from a clean state, slowest", max(self.up), 30, "s"),
            Bar("server SIGKILL to serving, slowest", max(one.serving for one in self.recoveries), 5, "s"),
            Bar(
                "from ready to the first step, slowest",
                max(one.first_step for one in self.recoveries),
                5,
                "s",
            ),
            Bar("upstream / tuned throughput", 1 / self.ratio(), 1 / 1.5, ""),
        ]


@app.command()
def main(rounds: Rounds = 3, shards: Shards = "", as_json: Json = False) -> int:
    """Measure the stack beside upstream's settings, and the bars; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    try:
        numbers = [int(word) for word in shards.split(",") if word]
    except ValueError as error:
        raise typer.BadParameter("numbers with commas between, such as 4,16,512") from error
    with Console(stderr=True).status("starting") as status:
        report = asyncio.run(_measure(rounds, numbers, status.update))
    if as_json:
        typer.echo(json.dumps(asdict(report) | {"ratio": report.ratio()}))
    else:
        forms = tables(
            report.rounds, report.ratio(), report.bars(), report.recoveries, report.shards, report.idle
        )
        print_tables(report.machine, forms)
    return verdict(report.bars())


async def _measure(rounds: int, shards: Sequence[int], progress: Callable[[str], None]) -> StackReport:
    report = StackReport(machine())
    for number in range(1, rounds + 1):
        for form, figures in report.rounds.items():
            progress(f"three activities, {form} stack, round {number} of {rounds}")
            async with running(form) as (stack, seconds):
                figures.append(await one_round(await stack.client(), ONE_AT_A_TIME, AT_ONCE))
                if form == TUNED:
                    report.up.append(seconds)
                    report.recoveries.append(await recovery(stack))
                    stack.run("down")
                    report.up_again.append(await asyncio.to_thread(stack.run, "up"))
        for count in shards:
            progress(f"{count} history shards, round {number} of {rounds}")
            async with running(TUNED, count) as (stack, _):
                figured = await one_round(await stack.client(), ONE_AT_A_TIME, AT_ONCE)
                report.shards.setdefault(count, []).append(figured)
                report.idle.setdefault(count, []).append(await idle(stack))
    return report


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.stack"))
