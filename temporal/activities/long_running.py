"""Work that takes long: it tells its progress by heartbeat and resumes from an earlier attempt's last one."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from temporal.activities.effect_call import current_call
from temporal.messages.work import WorkInput, WorkProgress, WorkResult
from temporal.store.contract import Effects

HEARTBEAT_SECONDS = 0.5
"""Longest silence within a unit, in seconds; a sixth of the heartbeat timeout."""

RETRY_AT_ONCE = timedelta(milliseconds=1)
"""Delay of the retry after a worker's shutdown. Not 0: the SDK drops that and the policy's delay applies."""


class LongRunningActivities:
    """Long-running work; its result is stored in the effect record."""

    def __init__(self, record: Effects) -> None:
        self._record = record

    @activity.defn
    async def long_running_task(self, work: WorkInput) -> WorkResult:
        """Computes a hash chain, one link a unit, resuming from the last heartbeat of an earlier attempt.

        Units between the last delivered heartbeat and a death are done again, which a pure computation bears.

        Raises:
            CancelledError: Cancellation was requested; the progress so far is in the heartbeat.
            ApplicationError: `WorkerShutdown`, retried at once: this worker stops, another one resumes.
        """
        progress = last_progress(work, activity.info().heartbeat_details)
        resumed_from = progress.units_done
        while progress.units_done < work.units:
            await self._pause(work.unit_seconds, progress)
            progress = WorkProgress(units_done=progress.units_done + 1, chain=next_link(progress.chain))
            activity.heartbeat(progress)
        result = WorkResult(
            units=work.units, resumed_from=resumed_from, attempt=activity.info().attempt, chain=progress.chain
        )
        return await asyncio.to_thread(
            self._record.once, current_call(), work, WorkResult, lambda writes: result
        )

    async def _pause(self, seconds: float, progress: WorkProgress) -> None:
        """Waits one unit's time in short pieces, alive to the server and to the worker's shutdown."""
        now = asyncio.get_running_loop().time
        end = now() + seconds
        while True:
            if activity.is_worker_shutdown():
                raise ApplicationError(
                    f"worker shuts down after unit {progress.units_done}",
                    progress,
                    type="WorkerShutdown",
                    next_retry_delay=RETRY_AT_ONCE,
                    category=ApplicationErrorCategory.BENIGN,  # no warning with a traceback in the log
                )
            activity.heartbeat(progress)
            await asyncio.sleep(min(max(end - now(), 0), HEARTBEAT_SECONDS))
            if now() >= end:
                return


def last_progress(work: WorkInput, details: Sequence[Any]) -> WorkProgress:
    """Returns the progress that a heartbeat told, or the very beginning if it told nothing usable.

    Args:
        work: The work the heartbeat was for.
        details: What the last heartbeat carried: anything, as an older or broken worker may have sent it.
    """
    match details:
        # Not isinstance: JSON's true would count as 1.
        case [{"units_done": done, "chain": str(chain)}] if (
            type(done) is int and 0 < done <= work.units and re.fullmatch(r"[0-9a-f]{64}", chain)
        ):
            return WorkProgress(units_done=done, chain=chain)
    return WorkProgress(units_done=0, chain=hashlib.sha256(work.subject.encode()).hexdigest())


def next_link(chain: str) -> str:
    """Returns the hash chain's next link: SHA-256 of the one before, hexadecimal."""
    return hashlib.sha256(chain.encode()).hexdigest()
