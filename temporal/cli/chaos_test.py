"""`scripts/chaos_test.py`: kills workers on purpose and tells whether everything survived."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from temporal.chaos.campaign import run_campaign
from temporal.chaos.report import Summary, summaries, table
from temporal.chaos.scenarios import SCENARIOS, Finding, Scenario
from temporal.command_line import DONE, FAILED, USAGE, CommandError, clean_up_when_terminated

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Names = Annotated[
    list[str] | None, typer.Option("--scenario", metavar="NAME", help="Run this one only; may be repeated.")
]
Runs = Annotated[int, typer.Option(min=1, max=10_000, help="How often each scenario runs.")]
Keep = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Keep each run's databases and logs in this folder.")
]
Supervised = Annotated[
    bool | None,
    typer.Option(
        "--supervised/--stock", help="Only with workers under the supervisor, or only plain. [default: both]"
    ),
]
List = Annotated[bool, typer.Option("--list", help="List the scenarios and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]


@app.command()
def main(
    scenario: Names = None,
    runs: Runs = 1,
    supervised: Supervised = None,
    keep: Keep = None,
    only_list: List = False,
    as_json: Json = False,
) -> int:
    """Kill workers at observed points, on an engine of the run's own; exit code 1 when anything broke."""
    if only_list:
        for known in SCENARIOS:
            typer.echo(f"{known.name:<20} {known.what}")
        return DONE
    clean_up_when_terminated()
    chosen = _chosen(scenario)
    kinds = (True, False) if supervised is None else (supervised,)
    with _progress() as progress:
        bar = progress.add_task("chaos", total=len(chosen) * runs * len(kinds))
        found = asyncio.run(_campaigns(chosen, runs, kinds, keep, lambda _: progress.advance(bar)))
    if as_json:
        typer.echo(json.dumps({"scenarios": [summary.as_json() for summary in found]}))
    else:
        Console().print(table(found))
    return DONE if all(summary.passed == summary.runs for summary in found) else FAILED


async def _campaigns(
    scenarios: Sequence[Scenario],
    runs: int,
    kinds: Sequence[bool],
    keep: Path | None,
    on_finding: Callable[[Finding], None],
) -> list[Summary]:
    """Runs one campaign for each kind of workers, side by side, so that both meet the same machine."""
    names = ["supervised" if supervised else "stock" for supervised in kinds]
    findings = await asyncio.gather(
        *(
            run_campaign(
                scenarios,
                runs,
                supervised=supervised,
                keep=keep / name if keep else None,
                on_finding=on_finding,
            )
            for supervised, name in zip(kinds, names, strict=True)
        )
    )
    return [
        summary for found, name in zip(findings, names, strict=True) for summary in summaries(found, name)
    ]


def _chosen(names: list[str] | None) -> list[Scenario]:
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names or []:
        if name not in known:
            raise CommandError(f"--scenario {name!r}: allowed: {', '.join(known)}", USAGE)
    return [scenario for scenario in SCENARIOS if not names or scenario.name in names]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
