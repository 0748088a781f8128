"""Carries out what a chaos command asks for, with a progress bar."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from temporal.chaos.campaign import Plan, run_campaign
from temporal.chaos.evidence import Verdict
from temporal.chaos.leftovers import Harness
from temporal.chaos.soak import run_soak
from temporal.chaos.targets.address import AddressSite
from temporal.chaos.targets.compose import ComposeSite
from temporal.chaos.targets.sites import EmbeddedSite, Site
from temporal.cli.chaos_choice import ADDRESS, COMPOSE, Choice


async def carried_out(choice: Choice, plan: Plan, harness: Harness, keep: Path | None) -> list[Verdict]:
    """Runs the plan where the user wants it.

    Args:
        choice: What was asked for.
        plan: What to do.
        harness: This process, which remembers what it started.
        keep: Where runs leave their databases and logs; by default nothing stays.
    """
    folder = keep or harness.folder
    endless = plan.duration_seconds is not None or choice.soak
    total = None if endless else plan.runs * len(plan.scenarios) * len(plan.kinds)
    run = run_soak if choice.soak else run_campaign
    with _progress() as progress:
        bar = progress.add_task("chaos", total=total)
        async with _site(choice, harness) as site:
            return await run(site, plan, folder, on_verdict=lambda _: progress.advance(bar))


def _site(choice: Choice, harness: Harness) -> Site:
    if choice.site == COMPOSE:
        return ComposeSite(harness.folder / "stack", harness.project)
    if choice.site == ADDRESS:
        return AddressSite(choice.address)
    return EmbeddedSite(harness.folder / "engine")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
