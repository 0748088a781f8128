"""Points at a workflow's beginning."""

from temporalio.api.enums.v1 import EventType

from temporal.chaos.observation import Handle, until
from temporal.chaos.points.armed import WORKFLOW_TASK
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run

HELD_BACK_SECONDS = 3.0
"""Long enough for a busy machine to see the start and to strike before the first task comes."""


async def _not_begun(run: Run, handle: Handle) -> None:
    async def reached() -> bool:
        events = (await handle.fetch_history()).events
        return [event.event_type for event in events] == [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED]

    await until(f"{handle.id} is started and its first task is to come", reached)


BEFORE_FIRST_TASK = Point(
    name="before-first-task",
    what="the start is acknowledged, the first workflow task is still to come",
    reached=_not_begun,
    delay_seconds=HELD_BACK_SECONDS,
)

WITHIN_WORKFLOW_TASK = Point(
    name="within-workflow-task",
    what="a worker is in the midst of a workflow task",
    moment=WORKFLOW_TASK,
)
