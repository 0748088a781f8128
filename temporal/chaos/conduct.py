"""Carries out one run of a scenario, from its workers' start to the evidence that it leaves."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from temporal.chaos.chance import Chance
from temporal.chaos.endings import children, ending_of, open_workflows, wait_for_ends
from temporal.chaos.evidence import Evidence, Landing, Started
from temporal.chaos.fenced import late_completions
from temporal.chaos.fleet import Fleet
from temporal.chaos.points.armed import Armed
from temporal.chaos.processes import marked
from temporal.chaos.run import Live, Run
from temporal.chaos.scenario import Scenario, Strike
from temporal.chaos.targets.target import Target
from temporal.command_line import CommandError

PATIENCE_SECONDS = 90.0
"""How long after the last fault workflows may take to end, in seconds; stock ones take up to 25."""

STOP_SECONDS = 30.0
"""How long workers may take to drain at a run's end, in seconds, before they count as left behind."""


async def conduct(
    scenario: Scenario, target: Target, fleet: Fleet, *, number: int, seed: int, supervised: bool
) -> Evidence:
    """Runs a scenario once.

    Args:
        scenario: What to run.
        target: Where; it stays open, so that the evidence's store can be read.
        fleet: The workers, started here unless they live already.
        number: Which run of the scenario it is, from 1.
        seed: What chance is drawn from.
        supervised: Whether the workers are under a supervisor.
    """
    run = Run(
        target=target,
        fleet=fleet,
        number=number,
        seed=seed,
        chance=Chance(f"{seed}/{scenario.name}"),
        points=points_folder(target),
    )
    began, trouble = datetime.now(UTC), ""
    try:
        with run.exits:
            await fleet.replace()
            await _strike_all(run, scenario)
    except CommandError as error:
        trouble = error.message
    await wait_for_ends(run.lives, PATIENCE_SECONDS if not trouble else 0.0)
    evidence = Evidence(
        scenario=scenario.name,
        workload=scenario.workload.name,
        workers="supervised" if supervised else "stock",
        number=number,
        seed=seed,
        began=began,
        ended=datetime.now(UTC),
        planned=scenario.planned,
        landed=run.landed,
        started=[live.started for live in run.lives],
        sent=run.sent,
        store=target.store if scenario.workload.name != "foreign" else None,
        late_bound_seconds=scenario.late_bound(supervised=supervised),
        workflows=scenario.workload.workflows,
        data_converter=target.client.data_converter,
        folder=target.folder,
        not_carried_out=trouble,
    )
    await _read(evidence, run)
    return evidence


async def _strike_all(run: Run, scenario: Scenario) -> None:
    for kind in scenario.kinds:
        if kind.prepare is not None:
            await kind.prepare(run)
    workflow_id = run.new_id(scenario.name)
    for strike in scenario.strikes:
        if strike.point.moment:
            [action] = {kind.armed for kind in strike.kinds}
            if action is None:
                raise RuntimeError(f"{strike.kinds} cannot strike at {strike.point.name}")
            run.armed.append(Armed(run.points, strike.point.moment, workflow_id, action))
    delay = max(strike.point.delay_seconds for strike in scenario.strikes)
    live = await scenario.workload.start(run, workflow_id, delay)
    run.lives.append(live)
    sending = asyncio.create_task(scenario.workload.during(run, live))
    try:
        for number, strike in enumerate(scenario.strikes):
            if number and not strike.point.follows:
                await run.fleet.replace()
            await _strike(run, live, strike)
        await run.fleet.replace()
        await sending
    finally:
        sending.cancel()
    await scenario.workload.after(run, live)


async def _strike(run: Run, live: Live, strike: Strike) -> None:
    point = strike.point
    await point.reached(run, live.handle)
    before = run.fleet.living()
    striking = (kind.inflict(run, live.handle, point) for kind in strike.kinds)
    landed: list[Landing] = await asyncio.gather(*striking)
    run.landed += landed
    run.known = before
    if point.meanwhile is not None:
        await point.meanwhile(run, live.handle)


async def _read(evidence: Evidence, run: Run) -> None:
    """Adds what the server knows of every workflow and of its children."""
    client = run.target.client
    for live in run.lives:
        ending = await ending_of(client, live)
        evidence.endings.append(ending)
        for workflow_id, workflow_type in children(ending):
            child = client.get_workflow_handle(workflow_id)
            started = Started(
                workflow_id=workflow_id,
                workflow_type=workflow_type,
                acknowledged_at=live.started.acknowledged_at,
            )
            evidence.started.append(started)
            evidence.endings.append(await ending_of(client, Live(child, started, live.workload)))
    evidence.fenced += late_completions(run, evidence.endings)
    evidence.left += [
        f"workflow {workflow_id} is open"
        for workflow_id in await open_workflows(client, run.target.task_queue)
    ]


async def stop(target: Target, evidence: Evidence) -> None:
    """Drains the workers; adds to the evidence how long that took and what of its processes is left."""
    began = time.monotonic()
    for worker in target.workers:
        worker.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            for worker in target.workers:
                await worker.ended()
        evidence.drain_seconds = time.monotonic() - began
    except TimeoutError:
        pass  # what still lives is listed as left behind
    left = await asyncio.to_thread(marked, str(target.folder))
    evidence.left += [f"process {process.pid}: {' '.join(process.cmdline()[:4])}" for process in left]


def points_folder(target: Target) -> Path:
    """Returns the folder of armed moments of a target, made if it is not there."""
    folder = target.folder / "points"
    folder.mkdir(exist_ok=True)
    return folder
