"""`scripts/demo.py`: two workflows, a worker killed twice, and proof that nothing was lost."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from temporalio.client import WorkflowFailureError

from temporal.chaos.fleet import fleet_of
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.cli.demo_acts import Story, play
from temporal.cli.demo_view import DemoView, steps_table
from temporal.command_line import DONE, FAILED, CommandError, clean_up_when_terminated

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object at the end instead of text.")]


Supervised = Annotated[
    bool, typer.Option("--supervised/--stock", help="Run the workers under the supervisor, or a plain one.")
]


@app.command()
def main(supervised: Supervised = True, as_json: Json = False) -> int:
    """Start an engine and workers, kill one mid-activity and one mid-sleep, watch both workflows end."""
    clean_up_when_terminated()
    return asyncio.run(_demo(Console(quiet=as_json), supervised, as_json))


async def _demo(console: Console, supervised: bool, as_json: bool) -> int:
    async with EmbeddedTarget() as target:
        view = DemoView(console, target.engine.ui)
        story = Story(tell=view.tell)
        story.say(f"engine answers at {target.engine.address}")
        following = asyncio.create_task(view.follow(story))
        try:
            await play(target, fleet_of(target, supervised=supervised), story)
        except WorkflowFailureError as error:
            raise CommandError(f"a workflow failed: {error.cause}", FAILED) from error
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    if as_json:
        typer.echo(json.dumps(_as_json(story)))
    else:
        console.print(steps_table(story))
        for breach in story.breaches:
            console.print(f"[red]broken:[/] {breach}", soft_wrap=True)
        if not story.breaches:
            console.print("Both workflows completed. Every step, event and decision is stored exactly once.")
    return FAILED if story.breaches else DONE


def _as_json(story: Story) -> dict[str, object]:
    return {
        "kills": [kill.isoformat() for kill in story.kills],
        "steps": [
            {"what": step.what, "due": step.due.isoformat(), "late_seconds": round(step.late_seconds, 4)}
            for step in story.steps
        ],
        "link_answered_seconds": round(story.answered_seconds or 0, 4),
        "breaches": story.breaches,
    }
