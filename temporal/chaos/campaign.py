"""Runs scenarios a number of times, each run on a target of its own, a few side by side."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporal.chaos.fleet import fleet_of
from temporal.chaos.scenarios import Finding, Scenario
from temporal.chaos.target import EmbeddedTarget
from temporal.command_line import CommandError

SIDE_BY_SIDE = 2
"""How many runs go at once: each has an engine and one or two workers, and mostly waits."""


async def run_campaign(
    scenarios: Sequence[Scenario],
    runs: int,
    *,
    supervised: bool = False,
    keep: Path | None = None,
    on_finding: Callable[[Finding], None] = lambda finding: None,
) -> list[Finding]:
    """Runs every scenario `runs` times.

    Args:
        scenarios: What to run.
        runs: How often each.
        supervised: Whether the workers run under the supervisor, or plain as stock Temporal has them.
        keep: A folder in which each run leaves its databases and logs; by default nothing stays.
        on_finding: Called after each run, in order of their ends.

    Returns:
        One finding a run, by scenario. A run that could not be carried out has that as its breach.
    """
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(scenario: Scenario, number: int) -> Finding:
        folder = keep / f"{scenario.name}-{number}" if keep else None
        async with places:
            finding = await _run(scenario, folder, supervised)
        on_finding(finding)
        return finding

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(one(scenario, number))
            for scenario in scenarios
            for number in range(1, runs + 1)
        ]
    return [task.result() for task in tasks]


async def _run(scenario: Scenario, folder: Path | None, supervised: bool) -> Finding:
    try:
        async with EmbeddedTarget(folder) as target:
            return await scenario.run(target, fleet_of(target, supervised=supervised))
    except CommandError as error:
        return Finding(
            scenario=scenario.name,
            workflow_id="",
            killed=datetime.now(UTC),
            latest=None,
            breaches=[f"not carried out: {error.message}"],
        )
