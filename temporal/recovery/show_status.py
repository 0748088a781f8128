"""`python -m temporal.recovery status`: what the supervisors on this machine do now."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from temporal.command_line import DONE, FAILED, CommandError
from temporal.config import load_settings
from temporal.recovery.status import State, states

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

LAST_DEATHS = 10
"""How many deaths the table shows; --json has all that are kept."""


@app.command()
def main(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    """Show what each worker holds now, and how the last ones ended.

    Exit code 1 when no supervisor runs, or one has no worker that polls.
    """
    folder = load_settings().recovery_dir
    found = list(states(folder))
    if as_json:
        print(json.dumps(found))
        return _verdict(found)
    if not found:
        raise CommandError(f"no supervisor runs with {folder}", FAILED)
    console = Console()
    for state in found:
        console.print(_workers(state))
        if state["deaths"]:
            console.print(_deaths(state))
    return _verdict(found)


def _verdict(found: list[State]) -> int:
    serving = [any(worker["state"] == "polling" for worker in state["workers"]) for state in found]
    return DONE if found and all(serving) else FAILED


def _workers(state: State) -> Table:
    table = Table(title=f"Supervisor {state['supervisor']}, since {state['since']}", title_justify="left")
    for heading in ("slot", "process", "state", "since", "holds"):
        table.add_column(heading)
    for worker in state["workers"]:
        holds = _counts(worker["held"]) + (
            f": {', '.join(worker['activities'])}" if worker["activities"] else ""
        )
        table.add_row(str(worker["slot"]), str(worker["pid"]), worker["state"], worker["since"][11:23], holds)
    return table


def _deaths(state: State) -> Table:
    total = sum(state["ended"].values())
    table = Table(title=f"The last of {total} that ended", title_justify="left")
    for heading in ("at", "slot", "process", "ended by", "released", "in"):
        table.add_column(heading)
    for death in state["deaths"][-LAST_DEATHS:]:
        table.add_row(
            death["at"][11:23],
            str(death["slot"]),
            str(death["pid"]),
            death["cause"],
            _counts(death["released"]),
            f"{death['release_ms']} ms",
        )
    return table


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "nothing"
