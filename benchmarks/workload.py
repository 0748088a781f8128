"""What both engines run: a workflow of three activities, one after another, that store nothing.

The activities of the project write to the effect record, which costs the same on either engine and would hide
how far the engines differ. These return what they are given, so the time is the engine's and the SDK's.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

TASK_QUEUE = "benchmark"
ACTIVITIES = 3
IN_FLIGHT = 50
"""Workflows under way at once when throughput is measured; the worker takes as much at once."""


@activity.defn
async def add_one(number: int) -> int:
    """Returns the next number."""
    return number + 1


@workflow.defn
class ThreeActivities:
    """Counts to three, one activity a step."""

    @workflow.run
    async def run(self) -> int:
        """Returns 3."""
        number = 0
        for _ in range(ACTIVITIES):
            number = await workflow.execute_activity(
                add_one, number, start_to_close_timeout=timedelta(seconds=30)
            )
        return number


def worker(client: Client) -> Worker:
    """Returns the worker, not yet running: the same on either engine, with the SDK's defaults otherwise."""
    workflows: Sequence[type] = [ThreeActivities]
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=workflows,
        activities=[add_one],
        max_concurrent_activities=IN_FLIGHT,
        max_concurrent_workflow_tasks=IN_FLIGHT,
    )
