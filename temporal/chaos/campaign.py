"""Runs scenarios a number of times, a few side by side, and judges what each run left."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from temporalio.service import RPCError

from temporal.chaos.conduct import conduct, points_folder, stop
from temporal.chaos.evidence import Evidence, Verdict
from temporal.chaos.fleet import Fleet, fleet_of
from temporal.chaos.invariants import judge
from temporal.chaos.points.armed import FOLDER_VARIABLE
from temporal.chaos.scenario import Scenario
from temporal.chaos.targets.sites import Site
from temporal.chaos.targets.target import Target
from temporal.command_line import CommandError
from temporal.store.errors import StoreError

SHORT_RUN_SECONDS = 15.0
"""About how long a run takes, in seconds: with less time than that left none is begun."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a campaign is to do.

    Attributes:
        scenarios: What to run.
        runs: How often each, with each kind of workers.
        kinds: Whether the workers are supervised: both, or one of them.
        seed: What chance is drawn from.
        duration_seconds: After how long no further run is begun, in seconds; None for no limit. With a limit
            the scenarios are repeated until it is reached, however small `runs` is.
        workers: How many workers a run has; None for two supervised ones, or a plain one.
        command: The worker to run; by default this project's.
    """

    scenarios: Sequence[Scenario]
    runs: int = 1
    kinds: Sequence[bool] = (True, False)
    seed: int = 0
    duration_seconds: float | None = None
    workers: int | None = None
    command: Sequence[str] = ()

    def jobs(self) -> Iterator["Job"]:
        """Yields the runs in the order in which they are begun; without end if there is a duration."""
        number = 0
        while number < self.runs or self.duration_seconds is not None:
            number += 1
            for scenario in self.scenarios:
                for supervised in self.kinds:
                    yield Job(scenario, number, supervised, self.seed + number - 1)


@dataclass(frozen=True)
class Job:
    """One run: of what, which, with what workers, and its own seed."""

    scenario: Scenario
    number: int
    supervised: bool
    seed: int

    @property
    def name(self) -> str:
        """A name of its own for its folder."""
        return f"{self.scenario.name}-{'supervised' if self.supervised else 'stock'}-{self.number}"


async def run_campaign(
    site: Site,
    plan: Plan,
    folder: Path,
    *,
    on_verdict: Callable[[Verdict], None] = lambda verdict: None,
) -> list[Verdict]:
    """Carries out a plan.

    Args:
        site: Where, already entered.
        plan: What.
        folder: Where each run keeps its databases and logs, in a folder of its own.
        on_verdict: Called after each run, in order of their ends.

    Returns:
        One verdict a run, by their order in the plan. A run that could not be carried out tells why.
    """
    jobs, verdicts = enumerate(plan.jobs()), dict[int, Verdict]()
    end = time.monotonic() + plan.duration_seconds if plan.duration_seconds is not None else None

    async def lane() -> None:
        for place, job in jobs:
            if end is not None and time.monotonic() + SHORT_RUN_SECONDS > end and place:
                return
            verdicts[place] = await run_once(site, plan, job, folder / job.name)
            on_verdict(verdicts[place])

    async with asyncio.TaskGroup() as group:
        for _ in range(site.side_by_side):
            group.create_task(lane())
    return [verdict for _, verdict in sorted(verdicts.items())]


async def run_once(site: Site, plan: Plan, job: Job, folder: Path) -> Verdict:
    """Carries out one run in a folder of its own and judges it."""
    scenario = job.scenario.of_seed(job.seed, supervised=job.supervised)
    if reason := scenario.lacking(site.kind, supervised=job.supervised):
        return await judge(_not_carried_out(job, f"not available here: {reason}"))
    queue = f"chaos-{scenario.name}-{uuid.uuid4().hex[:8]}"
    target = site.target(folder, queue, own_server=scenario.own_server, relayed=scenario.relayed)
    try:
        async with target:
            fleet = fleet_for(target, scenario, supervised=job.supervised, plan=plan)
            evidence = await conduct(
                scenario, target, fleet, number=job.number, seed=job.seed, supervised=job.supervised
            )
            await stop(target, evidence)
            return await judge(evidence)
    except (CommandError, StoreError, RPCError, OSError) as error:
        return await judge(_not_carried_out(job, str(error)))


def fleet_for(target: Target, scenario: Scenario, *, supervised: bool, plan: Plan) -> Fleet:
    """Returns the workers of a run on an open target, not yet started."""
    command = plan.command or scenario.command
    workers = max(plan.workers or 0, scenario.workers) or None
    variables = {FOLDER_VARIABLE: str(points_folder(target))}
    return fleet_of(target, variables, supervised=supervised, workers=workers, command=command)


def _not_carried_out(job: Job, why: str) -> Evidence:
    now = datetime.now(UTC)
    return Evidence(
        scenario=job.scenario.name,
        workload=job.scenario.workload.name,
        workers="supervised" if job.supervised else "stock",
        number=job.number,
        seed=job.seed,
        began=now,
        ended=now,
        planned=job.scenario.planned,
        not_carried_out=why,
    )
