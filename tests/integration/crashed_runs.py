"""Runs a workflow whose worker dies at a crash point and another finishes it, and keeps what there is."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import ActivityTaskStartedEventAttributes
from temporalio.client import WorkflowHandle

from temporal.chaos.crash_points import Crash, read_crash
from temporal.chaos.crashing_worker import COMMAND
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.engine import Engine
from tests.integration.activity_starts import activity_starts
from tests.integration.effect_rows import EffectRow, effect_rows

Starts = Callable[[EmbeddedTarget], Awaitable[WorkflowHandle[Any, Any]]]
"""Starts the workflow and brings it to where its worker will crash."""


@dataclass(frozen=True, kw_only=True)
class CrashedRun:
    """What is left of a run.

    Attributes:
        workflow_id: The workflow.
        exit_code: How the first worker ended.
        pids: The first worker's process id, and the second's.
        crash: What the crash point recorded; None when it was not reached.
        result: The workflow's result.
        start: The attempt that ended the crashed activity, from the history.
        effect: That activity's row in the effect record.
        folder: Where the store is.
    """

    workflow_id: str
    exit_code: int
    pids: tuple[int, int]
    crash: Crash | None
    result: Any
    start: ActivityTaskStartedEventAttributes
    effect: EffectRow
    folder: Path


async def crashed_run(engine: Engine, folder: Path, point: str, starts: Starts) -> CrashedRun:
    """Runs a workflow under two workers in turn, each with the same crash point."""
    record = folder / "crash.json"
    variables = {"CRASH_POINT": point, "CRASH_RECORD": str(record), "WORKER_STICKY_TIMEOUT_SECONDS": "1"}
    queue = f"crash-{uuid.uuid4().hex[:8]}"
    async with EmbeddedTarget(folder, variables, engine=engine, task_queue=queue) as target:
        first = await target.start_worker(command=COMMAND)
        handle = await starts(target)
        exit_code = await first.ended()
        second = await target.start_worker(command=COMMAND)
        result = await handle.result()
        activity, _, _ = point.partition(":")
        return CrashedRun(
            workflow_id=handle.id,
            exit_code=exit_code,
            pids=(first.pid, second.pid),
            crash=read_crash(record),
            result=result,
            start=activity_starts(await handle.fetch_history(), activity)[0],
            effect=effect_rows(target.store, handle.id, activity)[0],
            folder=folder,
        )


async def crashed_runs(engine: Engine, folder: Path, points: dict[str, Starts]) -> dict[str, CrashedRun]:
    """Runs all points side by side: each mostly waits for the timeout of a dead attempt."""
    runs = [
        crashed_run(engine, folder / str(number), point, starts)
        for number, (point, starts) in enumerate(points.items())
    ]
    return dict(zip(points, await asyncio.gather(*runs), strict=True))
