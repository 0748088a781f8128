"""Waits until a workflow is seen to be where a fault is to strike; never a guessed sleep."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from temporal.activities.long_running import last_progress
from temporal.command_line import FAILED, CommandError
from temporal.messages.work import WorkInput

Handle = WorkflowHandle[Any, Any]

PATIENCE_SECONDS = 60.0
"""How long a workflow may take to get there, in seconds; far above any healthy run."""

CHECK_SECONDS = 0.02

AWAY = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
"""What a call gets while the server is down, starts, or has lost its database."""


Reached = Callable[[], bool] | Callable[[], Awaitable[bool]]
"""Tells whether something is so: at once, or after asking somebody."""


async def until(what: str, reached: Reached, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Returns once `reached` says so; a server that does not answer meanwhile has been struck itself.

    Raises:
        CommandError: It did not in time; names `what` was awaited.
    """
    try:
        async with asyncio.timeout(patience_seconds):
            while not await _reached(reached):
                await asyncio.sleep(CHECK_SECONDS)
    except TimeoutError:
        raise CommandError(f"not seen within {patience_seconds:g} s: {what}", FAILED) from None


async def _reached(reached: Reached) -> bool:
    try:
        found = reached()
        return found if isinstance(found, bool) else await found
    except RPCError as error:
        if error.status not in AWAY:
            raise
        return False


async def sleeping(handle: Handle) -> None:
    """Waits until the workflow's timer runs and its worker has nothing left to do for it.

    Raises:
        CommandError: It did not come to that.
    """

    async def reached() -> bool:
        kinds = {event.event_type for event in (await handle.fetch_history()).events}
        task_waits = (await handle.describe()).raw_description.HasField("pending_workflow_task")
        return EventType.EVENT_TYPE_TIMER_STARTED in kinds and not task_waits

    await until(f"{handle.id} sleeps", reached)


async def activity_running(handle: Handle) -> None:
    """Waits until a worker has one of the workflow's activities in hand.

    Raises:
        CommandError: It did not come to that.
    """

    async def reached() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for one in pending)

    await until(f"an activity of {handle.id} runs", reached)


async def working(client: Client, handle: Handle, work: WorkInput, units: int) -> None:
    """Waits until the workflow's long-running `work` has told the server of `units` units by heartbeat.

    Raises:
        CommandError: It did not come to that.
    """

    async def reached() -> bool:
        for activity in (await handle.describe()).raw_description.pending_activities:
            if activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED:
                details = await client.data_converter.decode(activity.heartbeat_details.payloads)
                if last_progress(work, details).units_done >= units:
                    return True
        return False

    await until(f"{handle.id} has done {units} units of work", reached)


async def acknowledged(call: Awaitable[object]) -> bool:
    """Makes a call to the server and tells whether it was acknowledged; if not, it may have been taken."""
    try:
        await call
    except RPCError:
        return False
    return True
