"""`scripts/chaos_test.py`: strikes workers and servers on purpose and tells whether everything survived."""

import asyncio
import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from temporal.chaos.campaign import Plan
from temporal.chaos.evidence import Verdict
from temporal.chaos.leftovers import Harness
from temporal.chaos.report.as_json import campaign_json
from temporal.chaos.report.facts import Facts, commit_of
from temporal.chaos.report.folder import check_report, write_report
from temporal.chaos.report.terminal import shown
from temporal.chaos.scenarios import SCENARIOS
from temporal.cli.chaos_choice import Choice, chosen
from temporal.cli.chaos_running import carried_out
from temporal.command_line import DONE, FAILED, clean_up_when_terminated

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="NAME",
        help="A scenario, or seed, smoke, all or soak; may be repeated.",
    ),
]
Runs = Annotated[int, typer.Option(min=1, max=10_000, help="How often each scenario runs.")]
Seed = Annotated[
    int | None, typer.Option(min=0, help="What chance is drawn from; printed, so that a run can be repeated.")
]
Duration = Annotated[
    float | None,
    typer.Option(min=1, max=604_800, metavar="SECONDS", help="Repeat the scenarios for so many seconds."),
]
Workers = Annotated[int | None, typer.Option(min=1, max=16, help="How many workers a run has.")]
Target = Annotated[
    str, typer.Option(metavar="embedded|compose|ADDRESS", help="Where: ADDRESS is HOST:PORT of a Temporal.")
]
Mine = Annotated[
    bool, typer.Option("--i-own-this-target", help="Needed for an ADDRESS that is not on this machine.")
]
Supervised = Annotated[
    bool | None,
    typer.Option(
        "--supervised/--stock", help="Only with workers under the supervisor, or only plain. [default: both]"
    ),
]
Command = Annotated[
    str | None, typer.Option("--worker", metavar="COMMAND", help="A worker of yours; needs --load.")
]
Load = Annotated[
    str | None,
    typer.Option(metavar="MODULE:FUNCTION", help="Starts a workflow of yours: (client, task_queue, id)."),
]
Keep = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Keep each run's databases and logs in this folder.")
]
Report = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Write HTML, JSON, JUnit and a summary there."),
]
List = Annotated[bool, typer.Option("--list", help="List the scenarios and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]


@app.command()
def main(
    scenario: Names = None,
    runs: Runs = 1,
    seed: Seed = None,
    duration: Duration = None,
    workers: Workers = None,
    target: Target = "embedded",
    mine: Mine = False,
    supervised: Supervised = None,
    worker: Command = None,
    load: Load = None,
    report: Report = None,
    keep: Keep = None,
    only_list: List = False,
    as_json: Json = False,
) -> int:
    """Strike workflows at observed points; exit code 1 when an invariant broke or a fault did not land."""
    if only_list:
        for known in SCENARIOS:
            typer.echo(f"{known.name:<24} {known.what}")
        return DONE
    if report is not None:
        check_report()
    clean_up_when_terminated()
    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    kinds = (True, False) if supervised is None else (supervised,)
    choice = chosen(scenario, target, kinds, worker=worker, load=load, mine=mine)
    plan = Plan(
        scenarios=choice.scenarios,
        runs=runs,
        kinds=kinds,
        seed=drawn,
        duration_seconds=duration,
        workers=workers,
        command=choice.command,
    )
    began = datetime.now(UTC)
    with Harness() as harness:
        verdicts = asyncio.run(carried_out(choice, plan, harness, keep.absolute() if keep else None))
        facts = Facts(
            command=_command_line(drawn, seed),
            seed=drawn,
            target=target,
            began=began,
            ended=datetime.now(UTC),
            commit=commit_of(),
        )
        _show(verdicts, facts, choice, report, as_json)
    return DONE if all(verdict.passed for verdict in verdicts) else FAILED


def _show(verdicts: list[Verdict], facts: Facts, choice: Choice, report: Path | None, as_json: bool) -> None:
    if report is not None:
        write_report(report, verdicts, facts)
    if as_json:
        typer.echo(json.dumps(campaign_json(verdicts, facts)))
    else:
        Console().print(shown(verdicts))


def _command_line(drawn: int, given: int | None) -> list[str]:
    """Returns the arguments as they were given, with the seed if it was drawn."""
    return [*sys.argv[1:], *([] if given is not None else ["--seed", str(drawn)])]
