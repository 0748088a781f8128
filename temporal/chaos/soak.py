"""Many kills in little time: lanes that keep their workers, and run scenario after scenario on one server."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil

from temporal.chaos.campaign import Job, Plan, fleet_for
from temporal.chaos.conduct import conduct, stop
from temporal.chaos.crashing_worker import COMMAND
from temporal.chaos.evidence import Verdict
from temporal.chaos.fleet import Fleet
from temporal.chaos.invariants import judge
from temporal.chaos.targets.sites import Site

SOAK_SECONDS = 1200.0
"""How long a soak lasts unless a duration is given, in seconds."""

LANES = 6
"""Lanes at once; with both kinds of workers every third is stock, whose runs mostly wait."""

MORE_DESCRIPTORS = 24
"""How many more open files a supervisor may have after its kills: connections come and go."""


async def run_soak(
    site: Site, plan: Plan, folder: Path, *, on_verdict: Callable[[Verdict], None] = lambda verdict: None
) -> list[Verdict]:
    """Runs the plan's scenarios in turn on lanes side by side until its duration is over.

    Args:
        site: Where, already entered.
        plan: What, and how long; none of its scenarios may strike the server, which all lanes share.
        folder: Where the lanes keep their databases and logs.
        on_verdict: Called after each run, in order of their ends.

    Returns:
        One verdict a run.
    """
    end = time.monotonic() + (plan.duration_seconds or SOAK_SECONDS)
    numbers = itertools.count(1)
    verdicts: list[Verdict] = []

    def take(verdict: Verdict) -> None:
        verdicts.append(verdict)
        on_verdict(verdict)

    async with asyncio.TaskGroup() as group:
        for lane in range(LANES):
            supervised = plan.kinds[0] if len(plan.kinds) == 1 else lane % 3 != 2
            group.create_task(
                _lane(
                    site, plan, folder / f"lane-{lane + 1}", _jobs(plan, lane, supervised, numbers), end, take
                )
            )
    return sorted(verdicts, key=lambda verdict: verdict.evidence.number)


def _jobs(plan: Plan, lane: int, supervised: bool, numbers: "itertools.count[int]") -> Iterator[Job]:
    """Yields a lane's runs without end: the scenarios in turn, from a place of its own."""
    possible = [one for one in plan.scenarios if not one.own_server and not one.relayed]
    shift = lane * max(1, len(possible) // LANES)
    for scenario in itertools.islice(itertools.cycle(possible), shift, None):
        number = next(numbers)
        yield Job(scenario, number, supervised, plan.seed + number - 1)


async def _lane(
    site: Site, plan: Plan, folder: Path, jobs: Iterator[Job], end: float, take: Callable[[Verdict], None]
) -> None:
    target = site.target(folder, f"soak-{uuid.uuid4().hex[:8]}", own_server=False, relayed=False)
    async with target:
        fleet: Fleet | None = None
        descriptors = 0
        while True:
            job = next(jobs)
            if fleet is None:
                fleet = fleet_for(
                    target, job.scenario, supervised=job.supervised, plan=replace(plan, command=COMMAND)
                )
                await fleet.start()
                descriptors = _descriptors(fleet)
            evidence = await conduct(
                job.scenario, target, fleet, number=job.number, seed=job.seed, supervised=job.supervised
            )
            over = time.monotonic() > end
            if over:
                evidence.left += _more_descriptors(fleet, descriptors)
                await stop(target, evidence)
            take(await judge(evidence))
            if over:
                return


def _descriptors(fleet: Fleet) -> int:
    """Returns how many files the supervisor has open; 0 where there is none to ask."""
    try:
        return fleet.supervisor.num_fds() if fleet.supervisor else 0
    except psutil.Error:
        return 0


def _more_descriptors(fleet: Fleet, before: int) -> list[str]:
    more = _descriptors(fleet) - before
    return [f"{more} more open files of the supervisor"] if more > MORE_DESCRIPTORS else []
