"""The point of a workflow that the harness knows nothing of: anywhere between its first task and its end."""

from temporalio.api.enums.v1 import EventType

from temporal.chaos.bounds import FOREIGN
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run

MOST_TASKS = 3
"""The most workflow tasks that are waited for."""


async def _under_way(run: Run, handle: Handle) -> None:
    """Waits until a worker has completed a workflow task; how many more it waits for is drawn."""
    wanted = 1 + run.chance.below(MOST_TASKS)

    async def reached() -> bool:
        events = (await handle.fetch_history()).events
        done = sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in events)
        pending = (await handle.describe()).raw_description
        idle = not pending.HasField("pending_workflow_task") and done > 0
        return done >= wanted or idle

    await until(f"{handle.id} is under way", reached)


ANYWHERE = Point(
    name="anywhere",
    what="a worker has completed a workflow task and the workflow has not ended",
    reached=_under_way,
    late_seconds=FOREIGN,
)
