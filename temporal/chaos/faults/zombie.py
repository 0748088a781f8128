"""SIGSTOP, and SIGCONT once another attempt has taken over: it wakes up with work long given up."""

import os
import signal
from contextlib import suppress
from datetime import UTC, datetime

import psutil

from temporal.chaos.bounds import HALF_OF_STICKY
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.faults.processes import struck
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.armed import Struck
from temporal.chaos.points.point import Point
from temporal.chaos.processes import gone
from temporal.chaos.run import Run


async def _zombie(run: Run, handle: Handle, point: Point) -> Landing:
    armed = run.armed.pop(0)
    found = await struck(armed)

    async def given_up() -> bool:
        return gone(found.pid) or await _taken_over(handle, found)

    await until(f"attempt {found.attempt} of process {found.pid} is given up", given_up)
    if gone(found.pid):  # the supervisor kills a worker that is stopped
        proof = f"process {found.pid} stopped itself at {found.moment} and was killed for it"
        return ZOMBIE.landing(point, found.time, proof, pids=(found.pid,))
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGCONT)
    await until(f"process {found.pid} goes on", lambda: armed.resumed or gone(found.pid))
    run.resumed.append(found)
    proof = f"process {found.pid} stopped itself at {found.moment} and went on after another attempt"
    return ZOMBIE.landing(point, found.time, proof, pids=(found.pid,), healed=datetime.now(UTC))


async def _taken_over(handle: Handle, found: Struck) -> bool:
    """Tells whether the activity has a later attempt, or is over."""
    if not _stopped(found.pid):
        return False
    for one in (await handle.describe()).raw_description.pending_activities:
        if one.activity_id == found.activity_id:
            return one.attempt > found.attempt
    return True


def _stopped(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    except psutil.NoSuchProcess:
        return False


ZOMBIE = Kind(
    name="zombie",
    what="SIGSTOP of a worker, and SIGCONT once another attempt has begun",
    inflict=_zombie,
    armed=signal.SIGSTOP,
    # A supervisor notices a stopped worker within half a second, and kills it.
    late_seconds=HALF_OF_STICKY,
)
