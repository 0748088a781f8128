"""Long-running work that resumes one unit too far: its result is wrong, but only after a death."""

import asyncio

from sqlalchemy import Engine
from temporalio import activity

from temporal.activities.effect_call import current_call
from temporal.activities.long_running import last_progress, next_link
from temporal.messages.work import WorkInput, WorkProgress, WorkResult
from temporal.store.effects import EffectRecord


class SkippingWork:
    """Takes the last heartbeat's count for the next unit's number, and so leaves one out."""

    def __init__(self, store: Engine) -> None:
        self._record = EffectRecord(store, "control")

    @activity.defn
    async def long_running_task(self, work: WorkInput) -> WorkResult:
        """Computes the hash chain."""
        progress = last_progress(work, activity.info().heartbeat_details)
        resumed_from = progress.units_done
        done = resumed_from + 1 if resumed_from else 0
        while done < work.units:
            await asyncio.sleep(work.unit_seconds)
            done += 1
            progress = WorkProgress(units_done=done, chain=next_link(progress.chain))
            activity.heartbeat(progress)
        result = WorkResult(
            units=work.units, resumed_from=resumed_from, attempt=activity.info().attempt, chain=progress.chain
        )
        call = current_call()
        return await asyncio.to_thread(self._record.once, call, work, WorkResult, lambda writes: result)
