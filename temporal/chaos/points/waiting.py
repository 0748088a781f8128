"""Points at which a workflow waits: for a timer or for a decision."""

from temporalio.api.enums.v1 import EventType

from temporal.chaos.crash_points import Moment
from temporal.chaos.observation import Handle, sleeping, until
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run
from temporal.chaos.workloads.approval import waiting_for_decision


async def _asleep(run: Run, handle: Handle) -> None:
    await sleeping(handle)


async def _undecided(run: Run, handle: Handle) -> None:
    await waiting_for_decision(handle)


async def _fired(run: Run, handle: Handle) -> None:
    async def reached() -> bool:
        kinds = {event.event_type for event in (await handle.fetch_history()).events}
        return EventType.EVENT_TYPE_TIMER_FIRED in kinds

    await until(f"the timer of {handle.id} fires", reached)


MID_SLEEP = Point(name="mid-sleep", what="the workflow sleeps", reached=_asleep)

TIMER_WHILE_DOWN = Point(
    name="timer-while-down",
    what="the workflow sleeps, and its timer fires while no worker is up",
    reached=_asleep,
    meanwhile=_fired,
)

WAITING_FOR_DECISION = Point(
    name="waiting-for-decision", what="the request waits for its decision", reached=_undecided
)

DECIDED_BEFORE_EFFECT = Point(
    name="decided-before-effect",
    what="the decision is accepted and not recorded yet",
    moment=f"record_decision:{Moment.BEFORE_EFFECT}",
)
