"""Runs chaos scenarios side by side and keeps their verdicts, for tests to look at one by one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from temporal.chaos.campaign import Plan, run_campaign
from temporal.chaos.evidence import Verdict
from temporal.chaos.scenario import Scenario
from temporal.chaos.targets.sites import EmbeddedSite

SEED = 7


def verdicts_of(
    scenarios: Sequence[Scenario], folder: Path, *, supervised: bool = True
) -> dict[str, Verdict]:
    """Runs each scenario once and returns the verdicts by their names."""

    async def run() -> list[Verdict]:
        async with EmbeddedSite(folder / "engine") as site:
            plan = Plan(scenarios=scenarios, kinds=[supervised], seed=SEED)
            return await run_campaign(site, plan, folder)

    return {verdict.evidence.scenario: verdict for verdict in asyncio.run(run())}


def breaches(verdict: Verdict) -> list[str]:
    """Returns all that broke, and why a run could not be carried out."""
    broken = [line for lines in verdict.breaches.values() for line in lines or ()]
    return [*([verdict.evidence.not_carried_out] if verdict.evidence.not_carried_out else []), *broken]
