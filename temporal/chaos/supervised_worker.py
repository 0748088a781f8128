"""What the pytest plugin gives a test: supervised workers of the test's own, and kills at named points."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from temporalio.client import Client

from temporal.chaos.crash_points import Moment
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.given_worker import COMMAND, named
from temporal.chaos.holders import holder_among
from temporal.chaos.observation import Handle, activity_running, sleeping, until
from temporal.chaos.points.armed import FOLDER_VARIABLE, WORKFLOW_TASK, Armed
from temporal.chaos.processes import gone
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.command_line import USAGE, CommandError
from temporal.engine import Engine

DRAIN_SECONDS = 10.0
"""How long workers may take to end after a test, in seconds, before they are killed."""


async def _idle(handle: Handle) -> None:
    async def reached() -> bool:
        raw = (await handle.describe()).raw_description
        busy = raw.HasField("pending_workflow_task") or raw.pending_activities
        return raw.workflow_execution_info.history_length > 3 and not busy

    await until(f"{handle.id} waits", reached)


SEEN = {"mid-sleep": sleeping, "in-activity": activity_running, "waiting": _idle}
"""Points that are seen from outside: a timer runs; a worker has an activity; it waits, for a signal or so."""


class SupervisedWorker:
    """Two workers under a supervisor, on an engine that tests share; see `chaos_worker` of the plugin.

    Attributes:
        client: A connection to the engine.
        task_queue: The queue that the workers poll, the test's own.
        folder: Where their logs are.
        kills: The processes that were killed, in order.
    """

    def __init__(self, target: EmbeddedTarget, fleet: SupervisedFleet, points: Path) -> None:
        self.client: Client = target.client
        self.task_queue = target.task_queue
        self.folder = target.folder
        self.kills: list[int] = []
        self._fleet = fleet
        self._points = points

    @asynccontextmanager
    async def kill_at(self, point: str, workflow_id: str) -> AsyncIterator[None]:
        """SIGKILLs the worker that has the workflow when that is at `point`; start the workflow in the block.

        When the block is left, the kill has landed and the dead worker has been replaced.

        Args:
            point: `mid-sleep`, `in-activity` or `waiting`; or, for workers that were given as classes and
                functions, `workflow-task`, `ACTIVITY:before-effect` or `ACTIVITY:after-effect`.
            workflow_id: The workflow.

        Raises:
            CommandError: The point is unknown, or the workflow does not come to it within a minute.
        """
        if point in SEEN:
            yield
            handle: Handle = self.client.get_workflow_handle(workflow_id)
            await SEEN[point](handle)
            pid = await holder_among(handle, self._fleet.living())
            os.kill(pid, signal.SIGKILL)
        elif point == WORKFLOW_TASK or point.partition(":")[2] in list(Moment):
            armed = Armed(self._points, point, workflow_id, signal.SIGKILL)
            yield
            pid = await _struck(armed, point, workflow_id)
        else:
            known = [*SEEN, WORKFLOW_TASK, *(f"ACTIVITY:{moment}" for moment in Moment)]
            raise CommandError(f"point {point!r}: allowed: {', '.join(known)}", USAGE)
        await until(f"process {pid} is gone", lambda: gone(pid))
        self.kills.append(pid)
        await self._fleet.replace()


async def _struck(armed: Armed, point: str, workflow_id: str) -> int:
    await until(f"{workflow_id} is at {point}", lambda: armed.struck is not None)
    return armed.struck.pid if armed.struck else 0


@asynccontextmanager
async def supervised_worker(
    engine: Engine,
    folder: Path,
    *,
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    command: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[SupervisedWorker]:
    """Runs two workers under a supervisor on an engine, until the block is left.

    Args:
        engine: A running engine.
        folder: Where their logs go.
        workflows: Workflow classes at the top of a module.
        activities: Activity functions at the top of a module.
        command: A worker of any kind instead; it finds TEMPORAL_ADDRESS and TASK_QUEUE in its environment.
        environment: Variables that the workers get besides.

    Raises:
        CommandError: A class or function cannot be imported by another process, or the workers do not poll.
    """
    if bool(workflows) == bool(command):
        raise CommandError("a supervised worker needs either workflows or a command", USAGE)
    given = [f"--workflow={named(one)}" for one in workflows] + [
        f"--activity={named(one)}" for one in activities
    ]
    queue = f"chaos-{uuid.uuid4().hex[:8]}"
    async with EmbeddedTarget(folder, engine=engine, task_queue=queue) as target:
        points = target.folder / "points"
        points.mkdir(exist_ok=True)
        variables = {
            FOLDER_VARIABLE: str(points),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            **(environment or {}),
        }
        fleet = SupervisedFleet(target, variables, command=list(command) or [*COMMAND, *given])
        try:
            await fleet.start()
            yield SupervisedWorker(target, fleet, points)
        finally:
            for worker in target.workers:
                worker.terminate()
            with suppress(TimeoutError):  # what has not ended by then is killed with the target
                async with asyncio.timeout(DRAIN_SECONDS):
                    await asyncio.gather(*(worker.ended() for worker in target.workers))
