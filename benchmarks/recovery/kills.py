"""Single kills: each SIGKILL hits one workflow at one kill point, and what it makes late is timed."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.recovery.fleet import Fleet, Variant
from benchmarks.recovery.load import run_request
from benchmarks.recovery.notes import Kind
from benchmarks.recovery.points import POINTS, Handle, Point
from temporal.chaos.observation import until
from temporal.command_line import FAILED, CommandError

YOUNGEST_SECONDS = 10.5
"""Least age of a worker that is killed, in seconds: a younger one's death is taken for a crash loop, and the
supervisor lets it wait. Stock workers are replaced at once whatever their age."""

MOST_TRIES = 30
"""Workflows that are started until the worker to be killed has one; each goes to either worker."""

LET_GO_SECONDS = 2.0
"""How long after the kill the activities of living workers end, in seconds."""

PATIENCE_SECONDS = 90.0
"""How long a workflow may take to end after the kill, in seconds; stock ones take up to 25."""

FIRST_TASK = 4
"""Events of a history once its first workflow task has been completed."""


@dataclass
class Kills:
    """What the kills of one kind of workers under one load showed.

    Attributes:
        variant: Which workers.
        load: "idle" or "busy": whether they had other work.
        kills: How many at each kill point.
        late: Seconds of each workflow that was hit, by kill point.
        unfinished: Ids of acknowledged workflows that did not end in time.
    """

    variant: Variant
    load: str
    kills: int = 0
    late: dict[str, list[float]] = field(default_factory=lambda: {point.name: [] for point in POINTS})
    unfinished: list[str] = field(default_factory=list)

    @property
    def workers(self) -> str:
        """What the report calls them."""
        return f"{self.variant.name}, {self.load}"


async def kill_often(fleet: Fleet, kills: int, busy: float, progress: Callable[[str], None]) -> Kills:
    """Kills workers one at a time, each time once all are up.

    Args:
        fleet: The workers.
        kills: How often at each kill point.
        busy: Requests a second meanwhile, which do not count; 0 for none. Without any, a stock worker whose
            sticky queue was last polled 10 s before costs nothing: the server no longer gives it tasks.
        progress: Told what comes next.

    Raises:
        CommandError: A workflow did not come to its point, or a worker did not come up.
    """
    shown = Kills(fleet.variant, "busy" if busy else "idle")
    background = asyncio.create_task(_requests(fleet, busy)) if busy else None
    try:
        for number in range(kills):
            for point in POINTS:
                progress(f"{shown.workers}: kill {number + 1} of {kills}, {point.name}")
                await _kill_at(fleet, point, number, shown)
            shown.kills += 1
    finally:
        if background is not None:
            background.cancel()
    return shown


async def _requests(fleet: Fleet, rate: float) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(run_request(fleet))
            await asyncio.sleep(1 / rate)


async def _kill_at(fleet: Fleet, point: Point, number: int, shown: Kills) -> None:
    await _old_enough(fleet)
    victim = next(iter(fleet.living()))
    let_go = fleet.folder / f"let-go-{uuid.uuid4().hex}"
    handles = await _bring(fleet, victim, point, number, str(let_go))
    killed = fleet.kill(victim)
    if point.workflow is None:
        handles.append(await _start(fleet, "Sleeps", [0.0]))
    going_on = [asyncio.create_task(_go_on(point, handle)) for handle in handles]
    if point.in_activity:
        await asyncio.sleep(LET_GO_SECONDS)
        let_go.touch()
    if await _all_end(handles, going_on, shown):
        if point.late is None:
            shown.late[point.name].append(going_on[-1].result())
        elif found := point.late(await handles[-1].fetch_history(), killed):
            shown.late[point.name].append(found.late_seconds)


async def _old_enough(fleet: Fleet) -> None:
    await fleet.full()

    async def reached() -> bool:
        return not fleet.variant.supervised or max(fleet.living().values()) > YOUNGEST_SECONDS

    await until("a worker that is no newcomer", reached)


async def _bring(fleet: Fleet, victim: int, point: Point, number: int, let_go: str) -> list[Handle]:
    """Starts workflows until the worker to be killed has one at the point; that is the last of them."""
    handles: list[Handle] = []
    if point.workflow is None:
        return handles
    for _ in range(MOST_TRIES):
        handle = await _start(fleet, *point.workflow(number, let_go))
        handles.append(handle)
        if not point.brief:
            await _reached(point, handle)
        await _noted(fleet, Kind.BEGIN if point.in_activity else Kind.TASK, handle.id)
        held = fleet.held_by(victim, datetime.now(UTC))
        if handle.id in (held.working if point.in_activity else held.cached):
            return handles
    raise CommandError(f"{point.name}: none of {MOST_TRIES} workflows went to process {victim}", FAILED)


async def _start(fleet: Fleet, workflow: str, arguments: Sequence[object]) -> Handle:
    return await fleet.client.start_workflow(
        workflow, args=arguments, id=f"kill-{uuid.uuid4().hex}", task_queue=fleet.queue
    )


async def _reached(point: Point, handle: Handle) -> None:
    """Waits until the workflow's worker has nothing left to do for it."""

    async def reached() -> bool:
        described = (await handle.describe()).raw_description
        return described.workflow_execution_info.history_length >= FIRST_TASK and not described.HasField(
            "pending_workflow_task"
        )

    await until(f"{point.name}: {handle.id} is there", reached)


async def _noted(fleet: Fleet, kind: Kind, workflow_id: str) -> None:
    async def reached() -> bool:
        return any(note.workflow_id == workflow_id and note.kind is kind for note in fleet.notes.read())

    await until(f"{kind} of {workflow_id}", reached)


async def _go_on(point: Point, handle: Handle) -> float:
    """Does what the point does after a kill; returns the seconds that took."""
    return await point.after(handle) if point.after else 0.0


async def _all_end(
    handles: Sequence[Handle], going_on: Sequence["asyncio.Task[float]"], shown: Kills
) -> bool:
    """Waits for every workflow's end; notes those that do not."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*going_on, *(handle.result() for handle in handles))
    except TimeoutError:
        open_ones = [handle.id for handle in handles if (await handle.describe()).close_time is None]
        shown.unfinished += open_ones
        return False
    return True
