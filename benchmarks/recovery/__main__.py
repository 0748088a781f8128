"""`python -m benchmarks.recovery`: what a worker's death costs, stock and supervised side by side in one run.

The default sizes end in some minutes and show the order of magnitude; the project's bars are for
`--supervised-kills 13 --requests 2000`, which is 208 single kills of supervised workers.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from benchmarks.bars import verdict
from benchmarks.output import machine, print_tables
from benchmarks.recovery.report import as_json, bars, tables
from benchmarks.recovery.run import COMPOSE, Measured, Part, Run, Sizes, server
from temporal.command_line import clean_up_when_terminated, leave, run_app
from temporal.config import load_settings
from temporal.dev_server import find_cli

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Parts = Annotated[list[Part] | None, typer.Option("--part", help="What to measure; default: kills and load.")]
Engine = Annotated[
    Literal["tuned", "stock", "compose", "upstream"],
    typer.Option(help="The embedded engine, tuned or stock; the Compose stack, ours or upstream's settings."),
]
Target = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="A running server instead of an engine.")
]
Count = Annotated[int, typer.Option(min=1, max=100_000)]
Seconds = Annotated[float, typer.Option(min=0.1, max=86_400)]
Rate = Annotated[
    float | None, typer.Option(min=0.1, help="Workflows a second; default: a share of saturation.")
]
Kills = Annotated[int, typer.Option(min=1, max=1_000, help="Single kills at each point, idle and busy.")]
Busy = Annotated[float, typer.Option(min=0.1, max=1_000, help="Workflows a second of busy workers.")]
Share = Annotated[float, typer.Option(min=0.01, max=2, help="The load as a share of saturation.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw it, as .png or .svg.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@app.command()
def main(
    part: Parts = None,
    engine: Engine = "tuned",
    target: Target = None,
    supervised_kills: Kills = 2,
    stock_kills: Kills = 1,
    busy: Busy = 1.0,
    rate: Rate = None,
    share: Share = 0.6,
    requests: Count = 300,
    kill_every: Seconds = 6.0,
    parked: Count = 1_000,
    window: Seconds = 60.0,
    rolls: Count = 300,
    roll_seconds: Seconds = 20.0,
    roll_every: Seconds = 1.0,
    plot_file: Plot = None,
    json_wanted: Json = False,
) -> int:
    """Measure what a worker's death costs; exit code 1 when a bar is missed."""
    clean_up_when_terminated()
    cli = None if target or engine in COMPOSE else find_cli(load_settings().engine)
    sizes = Sizes(
        supervised_kills=supervised_kills,
        stock_kills=stock_kills,
        busy=busy,
        rate=rate,
        share=share,
        requests=requests,
        kill_every=kill_every,
        parked=parked,
        window=window,
        rolls=rolls,
        roll_seconds=roll_seconds,
        roll_every=roll_every,
    )
    named = f"Compose stack, {COMPOSE[engine]}" if engine in COMPOSE else f"embedded engine, {engine}"
    conditions = machine() | {"server": target or named}

    async def run(progress: Callable[[str], None]) -> Measured:
        async with server(engine, cli, target) as (client, folder):
            return await Run(client, folder, sizes, progress).measure(part or [Part.KILLS, Part.LOAD])

    with Console(stderr=True).status("starting") as status:
        measured = asyncio.run(run(status.update))
    if plot_file is not None:
        from benchmarks.recovery.plot import plot  # the only part that needs matplotlib

        plot(measured, plot_file)
    if json_wanted:
        typer.echo(json.dumps({"machine": conditions, **as_json(measured)}))
    else:
        print_tables(conditions, tables(measured))
    return verdict(bars(measured))


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.recovery"))
