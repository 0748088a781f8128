"""What is in flight while the stack's server and database are killed: workflows that take steps steadily."""

import asyncio
import time
from datetime import timedelta

from temporalio import activity, workflow

TASK_QUEUE = "benchmark-steps"
STEPS = 400

TAKEN: list[tuple[str, float]] = []
"""The steps that ran: the workflow's id, and when by `time.perf_counter`."""


@activity.defn
async def tick() -> None:
    """Notes that a step of its workflow runs, and takes a tenth of a second."""
    TAKEN.append((activity.info().workflow_id or "", time.perf_counter()))
    await asyncio.sleep(0.1)


@workflow.defn
class Steps:
    """Many short activities, one after another."""

    @workflow.run
    async def run(self) -> None:
        """Ends after the last."""
        for _ in range(STEPS):
            await workflow.execute_activity(tick, start_to_close_timeout=timedelta(seconds=2))
