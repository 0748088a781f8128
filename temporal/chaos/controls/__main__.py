"""`python -m temporal.chaos.controls`: every broken variant, for real, and which invariant caught it."""

import asyncio
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from temporal.chaos.controls.catalogue import CONTROLS, Control
from temporal.chaos.controls.running import Outcome, run_controls
from temporal.chaos.report.summary import breaches_of
from temporal.command_line import DONE, FAILED, USAGE, CommandError, clean_up_when_terminated, leave, run_app

SAID_CHARACTERS = 120
"""How much of a breach the table shows."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[CONTROL]...", help="Run these only.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List the controls and stop.")] = False,
) -> int:
    """Run broken variants on an embedded engine; exit code 1 when an invariant does not catch its own."""
    if only_list:
        for known in CONTROLS:
            typer.echo(f"{known.name:<24} {known.what}")
        return DONE
    chosen = _chosen(names)
    clean_up_when_terminated()
    with tempfile.TemporaryDirectory(prefix="durable-workflows-") as folder:
        outcomes = asyncio.run(run_controls(chosen, Path(folder), _tell))
    Console().print(table(outcomes))
    return DONE if all(outcome.caught for outcome in outcomes) else FAILED


def table(outcomes: Sequence[Outcome]) -> Table:
    """Returns what was caught by what, as a table of the terminal."""
    made = Table(title="controls", title_justify="left")
    made.add_column("control", no_wrap=True)
    made.add_column("what is broken")
    made.add_column("invariant", no_wrap=True)
    made.add_column("caught", no_wrap=True)
    made.add_column("what it said")
    for outcome in outcomes:
        control, broke = outcome.control, outcome.broke
        said = outcome.verdict.breaches.get(control.catches) or breaches_of(outcome.verdict) or ["nothing"]
        others = [name for name in broke if name != control.catches]
        if control.catches and others:
            said = [said[0], f"(also: {', '.join(others)})"]
        caught = "[green]yes[/]" if outcome.caught else "[red]NO[/]"
        if not control.catches:
            caught = "[green]quiet[/]" if outcome.caught else "[red]FALSE ALARM[/]"
        shown = "\n".join(textwrap.shorten(line, SAID_CHARACTERS) for line in said[:2])
        made.add_row(control.name, control.what, control.catches or "-", caught, escape(shown))
    return made


def _tell(outcome: Outcome) -> None:
    typer.echo(f"{outcome.control.name}: {'as it should be' if outcome.caught else 'NOT CAUGHT'}", err=True)


def _chosen(names: list[str] | None) -> list[Control]:
    known = {control.name: control for control in CONTROLS}
    for name in names or []:
        if name not in known:
            raise CommandError(f"{name!r}: allowed: {', '.join(known)}", USAGE)
    return [control for control in CONTROLS if not names or control.name in names]


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.chaos.controls"))
