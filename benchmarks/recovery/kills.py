"""Single kills: one SIGKILL hits a workflow at every kill point at once, and each is timed by itself."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.recovery import lateness
from benchmarks.recovery.fleet import Fleet
from benchmarks.recovery.load import run_request
from benchmarks.recovery.notes import Kind
from benchmarks.recovery.points import POINTS, STARTS, Handle, Point
from temporal.chaos.observation import until

YOUNGEST_SECONDS = 10.5
"""Least age of a worker that is killed, in seconds: a younger one's death is taken for a crash loop, and the
supervisor lets it wait. Stock workers are replaced at once whatever their age."""

LET_GO_SECONDS = 2.0
"""How long after the kill the activities of living workers end, in seconds."""

PATIENCE_SECONDS = 90.0
"""How long a workflow may take to end after the kill, in seconds; stock ones take up to 25."""

FIRST_TASK = 4
"""Events of a history once its first workflow task has been completed."""


@dataclass
class Kills:
    """What the kills of one variant showed.

    Attributes:
        variant: Its name.
        kills: How many.
        late: Seconds of each workflow that was hit, by kill point.
        unfinished: Ids of acknowledged workflows that did not end in time.
    """

    variant: str
    kills: int = 0
    late: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in (*(point.name for point in POINTS), STARTS)}
    )
    unfinished: list[str] = field(default_factory=list)


@dataclass
class Hit:
    """A workflow at a kill point; `seconds` is what its point's `after` took."""

    point: Point
    handle: Handle
    seconds: float = 0.0

    async def go_on(self) -> None:
        """Does what the point does after a kill."""
        if self.point.after is not None:
            self.seconds = await self.point.after(self.handle)


async def kill_often(
    fleet: Fleet, kills: int, held: int, busy: float, progress: Callable[[str], None]
) -> Kills:
    """Kills workers one at a time, each time once all are up.

    Args:
        fleet: The workers.
        kills: How often.
        held: Workflows at each kill point, over all workers; those of the killed one count.
        busy: Requests a second meanwhile, which do not count; 0 for none. Without any, a stock worker whose
            sticky queue was last polled 10 s before costs nothing: the server no longer gives it tasks.
        progress: Told what comes next.

    Raises:
        CommandError: A workflow did not come to its point, or a worker did not come up.
    """
    shown = Kills(fleet.variant.name)
    background = asyncio.create_task(_requests(fleet, busy)) if busy else None
    try:
        for number in range(kills):
            progress(f"{fleet.variant.name}: kill {number + 1} of {kills}")
            await _kill_once(fleet, number, held, shown)
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


async def _kill_once(fleet: Fleet, number: int, held: int, shown: Kills) -> None:
    await _old_enough(fleet)
    let_go = fleet.folder / f"let-go-{number}"
    numbers = range(number * held, (number + 1) * held)

    async def start(points: Sequence[Point]) -> list[Hit]:
        started = (_start(fleet, *point.workflow(one, str(let_go))) for point in points for one in numbers)
        at = [point for point in points for _ in numbers]
        return [Hit(point, handle) for point, handle in zip(at, await asyncio.gather(*started), strict=True)]

    lasting = await start([point for point in POINTS if not point.brief])
    await asyncio.gather(*(_reached(hit) for hit in lasting))
    working = {hit.handle.id for hit in lasting if hit.point.in_activity}
    await _noted(fleet, Kind.BEGIN, working)
    brief = await start([point for point in POINTS if point.brief])
    await _noted(fleet, Kind.TASK, {hit.handle.id for hit in brief})
    victim = next(iter(fleet.living()))
    killed = fleet.kill(victim)
    holds = fleet.held_by(victim, killed)
    going_on = [asyncio.create_task(hit.go_on()) for hit in lasting]
    starts = await asyncio.gather(*(_start(fleet, "Sleeps", [0.0]) for _ in numbers))
    await asyncio.sleep(LET_GO_SECONDS)
    let_go.touch()
    hits = lasting + brief
    if await _all_end([*(hit.handle for hit in hits), *starts], going_on, shown):
        for hit in hits:
            if hit.handle.id in (holds.working if hit.point.in_activity else holds.cached):
                if hit.point.late is None:
                    shown.late[hit.point.name].append(hit.seconds)
                elif found := hit.point.late(await hit.handle.fetch_history(), killed):
                    shown.late[hit.point.name].append(found.late_seconds)
        for handle in starts:
            if found := lateness.start(await handle.fetch_history()):
                shown.late[STARTS].append(found.late_seconds)


async def _old_enough(fleet: Fleet) -> None:
    await fleet.full()

    async def reached() -> bool:
        return not fleet.variant.supervised or max(fleet.living().values()) > YOUNGEST_SECONDS

    await until("a worker that is no newcomer", reached)


async def _start(fleet: Fleet, workflow: str, arguments: Sequence[object]) -> Handle:
    return await fleet.client.start_workflow(
        workflow, args=arguments, id=f"kill-{uuid.uuid4().hex}", task_queue=fleet.queue
    )


async def _reached(hit: Hit) -> None:
    """Waits until the workflow's worker has nothing left to do for it."""

    async def reached() -> bool:
        described = (await hit.handle.describe()).raw_description
        return described.workflow_execution_info.history_length >= FIRST_TASK and not described.HasField(
            "pending_workflow_task"
        )

    await until(f"{hit.point.name}: {hit.handle.id} is there", reached)


async def _noted(fleet: Fleet, kind: Kind, workflow_ids: set[str]) -> None:
    async def reached() -> bool:
        return workflow_ids <= {note.workflow_id for note in fleet.notes.read() if note.kind is kind}

    await until(f"{kind} of {len(workflow_ids)} workflows", reached)


async def _all_end(handles: Sequence[Handle], going_on: Sequence["asyncio.Task[None]"], shown: Kills) -> bool:
    """Waits for every workflow's end; notes those that do not."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*going_on, *(handle.result() for handle in handles))
    except TimeoutError:
        open_ones = [handle.id for handle in handles if (await handle.describe()).close_time is None]
        shown.unfinished += open_ones
        return False
    return True
