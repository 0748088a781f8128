"""An activity that is completed by its id: nobody asks whether the attempt is still the one that counts."""

import asyncio
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy


class CompletedById:
    """Waits until a file tells it to end, and then ends by id instead of by its task token."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client, self._folder = client, folder

    @activity.defn
    async def guarded(self) -> str:
        """Attempt N is done when there is a file `end-N`; `begun-N` tells that it has begun."""
        info = activity.info()
        (self._folder / f"begun-{info.attempt}").touch()
        ending = asyncio.create_task(self._end(info))
        while not ending.done():
            activity.heartbeat()
            await asyncio.sleep(0.05)  # a cancellation ends this attempt here, and not what it has begun
        activity.raise_complete_async()

    async def _end(self, info: activity.Info) -> None:
        while not (self._folder / f"end-{info.attempt}").exists():
            await asyncio.sleep(0.05)
        if info.workflow_id is None:
            raise RuntimeError("this activity belongs to no workflow")
        handle = self._client.get_async_activity_handle(
            workflow_id=info.workflow_id, run_id=info.workflow_run_id, activity_id=info.activity_id
        )
        await handle.complete(f"attempt {info.attempt}")


@workflow.defn
class Guarded:
    """Runs one activity, whose death is noticed by its heartbeats."""

    @workflow.run
    async def run(self) -> str:
        """Returns the activity's result."""
        return await workflow.execute_activity_method(
            CompletedById.guarded,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=2),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10)),
        )
