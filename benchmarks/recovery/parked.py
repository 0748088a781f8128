"""Many parked workflows: does a kill cost more the more workflows the dead worker had in memory?"""

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import WorkflowHistory

from benchmarks.recovery.ends import completed
from benchmarks.recovery.fleet import Fleet
from benchmarks.recovery.lateness import signal_after, timer_after
from benchmarks.recovery.load import histories
from benchmarks.recovery.points import Handle
from benchmarks.recovery.workflows import Sleeps

STARTS_AT_ONCE = 20
TRIED = 100
MARGIN_SECONDS = 3.0
"""From so many short workflows it is told how long all take to start, plus this margin in seconds."""

PROBES = 5
"""Workflows that get a signal right after the kill: when it is taken up, the release has reached them."""

PATIENCE_SECONDS = 120.0
"""How long a workflow may take to end after its timer, in seconds."""


@dataclass(frozen=True)
class Parked:
    """What a kill showed.

    Attributes:
        name: What the report calls it.
        parked: Workflows that slept when the kill came.
        held: How many of them the dead worker had in memory.
        released: How late each probe's signal was, in seconds: the time of the release, seen from outside.
        late: How late the timers of those held were, in seconds.
        others: The same for those that the living worker held.
        unfinished: How many workflows did not end.
    """

    name: str
    parked: int
    held: int
    released: Sequence[float]
    late: Sequence[float]
    others: Sequence[float]
    unfinished: int


async def park_and_kill(fleet: Fleet, parked: int, window: float, progress: Callable[[str], None]) -> Parked:
    """Parks workflows, kills one worker and waits for the timers.

    Args:
        fleet: The workers; each must keep all in memory.
        parked: How many workflows.
        window: Over how many seconds from the kill on their timers are spread.
        progress: Told what comes next.
    """
    name = f"{fleet.variant.name}, {parked} parked"
    progress(f"{name}: parking")
    handles, until_all_parked = await _park(fleet, parked, window)
    await asyncio.sleep(until_all_parked)
    victim = next(iter(fleet.living()))
    killed = fleet.kill(victim)
    held = fleet.held_by(victim, killed).cached
    mine = [handle for handle in handles if handle.id in held]
    probes = mine[-PROBES:]  # their timers end last
    await asyncio.gather(*(handle.signal(Sleeps.poke) for handle in probes))
    progress(f"{name}: {len(mine)} of them on the dead worker; waiting {window:g} s for their timers")
    ended = await completed(handles, window + PATIENCE_SECONDS)
    found = await histories(ended)
    probed = {handle.id for handle in probes}
    timers = [(handle.id, timer_after(history, killed)) for handle, history in found]
    return Parked(
        name,
        parked=sum(timer is not None for _, timer in timers),
        held=len(mine),
        released=_poked([history for handle, history in found if handle.id in probed], killed),
        # A probe went on before its timer ended: it says nothing of the timer.
        late=[timer.late_seconds for one, timer in timers if timer and one in held and one not in probed],
        others=[timer.late_seconds for one, timer in timers if timer and one not in held],
        unfinished=len(handles) - len(ended),
    )


async def _park(fleet: Fleet, parked: int, window: float) -> tuple[list[Handle], float]:
    """Starts the workflows; returns them and the seconds until the first timer may end."""
    places = asyncio.Semaphore(STARTS_AT_ONCE)

    async def short() -> None:
        async with places:
            await (await _start(fleet, 0.0)).result()

    async def one(number: int) -> Handle:
        async with places:
            return await _start(fleet, due + number * window / parked - time.monotonic())

    await asyncio.gather(*(short() for _ in range(STARTS_AT_ONCE)))
    begun = time.monotonic()
    await asyncio.gather(*(short() for _ in range(TRIED)))
    # The rate at which workflows run here; a third more, because this machine may be busier later.
    due = time.monotonic() + 4 / 3 * (time.monotonic() - begun) * parked / TRIED + MARGIN_SECONDS

    handles = await asyncio.gather(*(one(number) for number in range(parked)))
    return handles, max(due - time.monotonic(), 0.0)


async def _start(fleet: Fleet, seconds: float) -> Handle:
    return await fleet.client.start_workflow(
        Sleeps.run, seconds, id=f"parked-{uuid.uuid4().hex}", task_queue=fleet.queue
    )


def _poked(of: Sequence[WorkflowHistory], killed: datetime) -> list[float]:
    found = [signal_after(history, killed) for history in of]
    return [one.late_seconds for one in found if one]
