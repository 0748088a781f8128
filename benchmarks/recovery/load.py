"""A service under load: requests come at a fixed rate, whatever it does, while its workers are killed."""

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.client import WorkflowHistory

from benchmarks.recovery.ends import completed
from benchmarks.recovery.fleet import WORKERS, Fleet
from benchmarks.recovery.lateness import latest, repeated_work
from benchmarks.recovery.notes import Held
from benchmarks.recovery.points import Handle
from benchmarks.recovery.workflows import Serves
from temporal.chaos.continuation import time_of

SLEEP_SECONDS = 3.0
"""How long each request's workflow sleeps between its two steps, in seconds."""

WARM_UP = 10
"""Requests that are not counted: the first pay for connections, caches and imports."""

PATIENCE_SECONDS = 120.0
"""How long the last requests may take after the load has ended, in seconds."""

HISTORIES_AT_ONCE = 10


@dataclass(frozen=True)
class Death:
    """A kill: when (UTC), and what the worker held by its own notes."""

    at: datetime
    held: Held


@dataclass(frozen=True)
class Request:
    """One workflow of the load.

    Attributes:
        workflow_id: Its id.
        late: The longest of its waits for a worker, in seconds.
        hit: Whether a kill hit it: a dead worker held it, or a task of it was on the way to one.
    """

    workflow_id: str
    late: float
    hit: bool


@dataclass
class Load:
    """What a load showed.

    Attributes:
        name: What the report calls it.
        rate: Requests a second.
        kills: How many workers were killed.
        requests: Every request that ended.
        unfinished: Ids of acknowledged requests that did not.
    """

    name: str
    rate: float
    kills: int = 0
    requests: list[Request] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    def late(self, *, hit: bool | None = None) -> list[float]:
        """Returns the lateness of all requests, or of those that a kill hit or did not hit."""
        return [one.late for one in self.requests if hit is None or one.hit is hit]


async def offer_load(
    fleet: Fleet,
    name: str,
    rate: float,
    count: int,
    kill_every: float | None,
    progress: Callable[[str], None],
) -> Load:
    """Starts requests at a fixed rate, kills meanwhile, and waits for all ends.

    Args:
        fleet: The workers.
        name: What the report calls it.
        rate: Requests a second.
        count: How many.
        kill_every: Seconds from kill to kill; a kill waits until all workers are up. None for no kill.
        progress: Told what comes next.
    """
    shown, deaths = Load(name, rate), list[Death]()
    await asyncio.gather(*(run_request(fleet) for _ in range(WARM_UP)))
    progress(f"{name}: {count} workflows, {rate:g} a second")
    killing = asyncio.create_task(_kill(fleet, kill_every, deaths)) if kill_every else None
    try:
        handles = await _start_at(fleet, rate, count)
    finally:
        if killing:
            killing.cancel()
    if killing and killing.done():  # it failed before the cancellation
        killing.result()
    progress(f"{name}: waiting for the last ends, then reading {count} histories")
    ended = await completed(handles, PATIENCE_SECONDS)
    shown.kills = len(deaths)
    shown.unfinished = sorted({handle.id for handle in handles} - {handle.id for handle in ended})
    shown.requests = [_judge(handle.id, history, deaths) for handle, history in await histories(ended)]
    return shown


async def histories(handles: Sequence[Handle]) -> list[tuple[Handle, WorkflowHistory]]:
    """Fetches the histories of workflows, a few at a time."""
    places = asyncio.Semaphore(HISTORIES_AT_ONCE)

    async def fetch(handle: Handle) -> tuple[Handle, WorkflowHistory]:
        async with places:
            return handle, await handle.fetch_history()

    return await asyncio.gather(*(fetch(handle) for handle in handles))


async def start_request(
    fleet: Fleet, sleep_seconds: float = SLEEP_SECONDS, step_seconds: float = 0.0
) -> Handle:
    """Starts one request."""
    return await fleet.client.start_workflow(
        Serves.run,
        args=[sleep_seconds, step_seconds],
        id=f"load-{uuid.uuid4().hex}",
        task_queue=fleet.queue,
    )


async def run_request(fleet: Fleet) -> None:
    """Starts one request and waits for its end."""
    await (await start_request(fleet)).result()


async def _start_at(fleet: Fleet, rate: float, count: int) -> list[Handle]:
    """Starts requests on time, also when the answers to earlier starts are late."""
    begun, starting = time.monotonic(), []
    for number in range(count):
        await asyncio.sleep(begun + number / rate - time.monotonic())
        starting.append(asyncio.create_task(start_request(fleet)))
    return await asyncio.gather(*starting)


async def _kill(fleet: Fleet, every: float, deaths: list[Death]) -> None:
    while True:
        await asyncio.sleep(every)
        await fleet.full(WORKERS)
        pid = next(iter(fleet.living()))
        at = fleet.kill(pid)
        deaths.append(Death(at, fleet.held_by(pid, at)))


def _judge(workflow_id: str, history: WorkflowHistory, deaths: Sequence[Death]) -> Request:
    return Request(workflow_id, latest(history), hit=was_hit(workflow_id, history, deaths))


def was_hit(workflow_id: str, history: WorkflowHistory, deaths: Sequence[Death]) -> bool:
    """Tells whether a kill hit a workflow.

    Either a dead worker held it by its notes, at a moment between the workflow's start and end; or its
    history has a task that was given out twice, as one is that was on its way to a worker when that died.
    """
    if deaths and repeated_work(history):
        return True
    begun, ended = time_of(history.events[0]), time_of(history.events[-1])
    return any(workflow_id in death.held.workflows and begun < death.at < ended for death in deaths)
