"""Points in a worker's own life: while it drains, and while it starts."""

import os
import signal

from temporal.chaos.bounds import NOBODY_LEFT
from temporal.chaos.identity import polling
from temporal.chaos.observation import Handle
from temporal.chaos.points.in_activity import heartbeats
from temporal.chaos.points.interceptor import DRAINING
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run
from temporal.command_line import FAILED, CommandError


async def _asked_to_drain(run: Run, handle: Handle) -> None:
    await heartbeats(run, handle)
    os.kill(await DURING_DRAIN.victim(run, handle), signal.SIGTERM)


async def _starting(run: Run, handle: Handle) -> int:
    pid = await run.fleet.newcomer(run.known)
    if await polling(run.target.client, run.target.task_queue, [pid]):
        raise CommandError(f"process {pid} polled before it could be struck", FAILED)
    return pid


DURING_DRAIN = Point(
    name="during-drain",
    what="the worker drains after SIGTERM and an activity still runs",
    reached=_asked_to_drain,
    moment=f"long_running_task:{DRAINING}",
)

DURING_START_UP = Point(
    name="during-start-up",
    what="the dead worker's replacement has started and does not poll yet",
    victim=_starting,
    follows=True,
    late_seconds=NOBODY_LEFT,
)
