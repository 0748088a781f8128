"""Restarts without a kill, again and again under load: is any activity given out twice, or lost?"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.recovery.ends import completed
from benchmarks.recovery.fleet import Fleet
from benchmarks.recovery.lateness import attempted_twice, latest
from benchmarks.recovery.load import histories, start_request
from benchmarks.recovery.notes import Kind

STEP_SECONDS = 0.1
"""How long the one activity of each workflow takes, in seconds."""

PATIENCE_SECONDS = 120.0
"""How long a workflow may take to end after the load, in seconds."""


@dataclass(frozen=True)
class Rolling:
    """What restarts under load showed.

    Attributes:
        name: What the report calls it.
        restarts: How many were asked for.
        workers: How many worker processes came up in all.
        workflows: How many ran.
        twice: Of how many the activity was attempted more than once: a worker lost it on the way.
        begun_twice: Of how many it was begun by more than one worker.
        late: Of each, the longest wait for a worker, in seconds.
        unfinished: How many did not end.
    """

    name: str
    restarts: int
    workers: int
    workflows: int
    twice: int
    begun_twice: int
    late: list[float]
    unfinished: int


async def restart_often(
    fleet: Fleet, workflows: int, seconds: float, every: float, progress: Callable[[str], None]
) -> Rolling:
    """Restarts gracefully at a fixed pace while workflows with one activity are started at a fixed rate.

    Args:
        fleet: The workers: plain ones are restarted one at a time, the supervisor rolls all of them.
        workflows: How many are started.
        seconds: Over how long.
        every: Seconds from restart to restart.
        progress: Told what comes next.
    """
    progress(f"{fleet.variant.name}: a graceful restart every {every:g} s, {workflows} workflows")
    restarts = 0

    async def restart() -> None:
        nonlocal restarts
        while True:
            await asyncio.sleep(every)
            await fleet.full()
            fleet.replace_gracefully()
            restarts += 1

    restarting = asyncio.create_task(restart())
    starting = []
    begun = asyncio.get_running_loop().time()
    for number in range(workflows):
        await asyncio.sleep(begun + number * seconds / workflows - asyncio.get_running_loop().time())
        starting.append(asyncio.create_task(start_request(fleet, 0.0, STEP_SECONDS)))
    handles = await asyncio.gather(*starting)
    restarting.cancel()
    await asyncio.gather(restarting, return_exceptions=True)
    ended = await completed(handles, PATIENCE_SECONDS)
    found = [history for _, history in await histories(ended)]
    notes = fleet.notes.read()
    begins = Counter(note.workflow_id for note in notes if note.kind is Kind.BEGIN)
    return Rolling(
        fleet.variant.name,
        restarts=restarts,
        workers=sum(note.kind is Kind.UP for note in notes),
        workflows=len(handles),
        twice=sum(attempted_twice(history) for history in found),
        begun_twice=sum(count > 1 for count in begins.values()),
        late=[latest(history) for history in found],
        unfinished=len(handles) - len(ended),
    )
