"""Which worker has a workflow, and its death."""

import os
import signal
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial

from temporalio.api.enums.v1 import EventType

from temporal.chaos.identity import pid_of, worker_of
from temporal.chaos.observation import Handle, until
from temporal.chaos.processes import gone


async def kill(pid: int) -> datetime:
    """SIGKILLs a process and returns when (UTC), once it is gone."""
    killed = datetime.now(UTC)  # before: the release may be over before this process runs again
    os.kill(pid, signal.SIGKILL)
    await until(f"process {pid} is gone", partial(gone, pid))
    return killed


async def holder_among(handle: Handle, living: Collection[int]) -> int:
    """Returns which living worker has the workflow, or any when the one that had it is dead."""
    return worker_of(await holder(handle), living) or min(living)


async def holder(handle: Handle) -> int:
    """Returns the process that has a workflow's running activity, or else the workflow itself in memory."""
    for activity in (await handle.describe()).raw_description.pending_activities:
        if activity.last_worker_identity:
            return pid_of(activity.last_worker_identity)
    started = [
        event.workflow_task_started_event_attributes.identity
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    ]
    return pid_of(started[-1]) if started else 0
