"""Points within an activity."""

from temporal.chaos.bounds import HALF_OF_HEARTBEAT, NOBODY_LEFT
from temporal.chaos.crash_points import Moment
from temporal.chaos.observation import Handle, until, working
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run
from temporal.chaos.workloads.demo import UNIT_SECONDS, UNITS
from temporal.messages.work import WorkInput

UNITS_SEEN = 2
"""How many units of work the server must have heard of by heartbeat."""


async def heartbeats(run: Run, handle: Handle) -> None:
    """Waits until the server has heard of a few units of the demo's long-running work."""
    work = WorkInput(subject="work", units=UNITS, unit_seconds=UNIT_SECONDS)
    await working(run.target.client, handle, work, UNITS_SEEN)


async def _again_at_work(run: Run, handle: Handle) -> None:
    """Waits until a later attempt of the interrupted work is in a worker's hands."""
    await run.fleet.newcomer(run.known)

    async def reached() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.attempt > 1 and one.HasField("last_started_time") for one in pending)

    await until(f"the work of {handle.id} is begun again", reached)


BEFORE_EFFECT = Point(
    name="before-effect",
    what="an activity has begun and its effect is not there yet",
    moment=f"process_step:{Moment.BEFORE_EFFECT}",
)

AFTER_EFFECT = Point(
    name="after-effect",
    what="an activity's effect is committed and the server has not heard of it",
    moment=f"process_step:{Moment.AFTER_EFFECT}",
)

HEARTBEAT_LOOP = Point(
    name="heartbeat-loop",
    what="an activity works and has told its progress by heartbeat",
    reached=heartbeats,
    late_seconds=HALF_OF_HEARTBEAT,
)

DURING_RECOVERY = Point(
    name="during-recovery",
    what="another worker has just taken up what the last kill interrupted",
    reached=_again_at_work,
    follows=True,
    late_seconds=NOBODY_LEFT,
)

TERM_DONE = Point(
    name="after-effect",
    what="an activity of the closed form has its effect committed and the server has not heard of it",
    moment=f"compute_term:{Moment.AFTER_EFFECT}",
)
