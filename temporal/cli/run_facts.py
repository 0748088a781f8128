"""What the server knows of a run without any worker: pending work, running timers, how it ended."""

from collections.abc import Sequence
from datetime import UTC

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowFailureError
from temporalio.common import RawValue

from temporal.cli.outcome import COMPLETED, End, end_by
from temporal.cli.payloads import decoded, plain_value
from temporal.cli.rpc_errors import ask

HISTORY_SECONDS = 30.0
"""How long reading a run's whole history may take, in seconds; the server ends a run at 51,200 events."""


async def pending_activities(client: Client, found: WorkflowExecutionDescription) -> list[dict[str, object]]:
    """Returns the activities that are not done: type, state, attempt, and why the last attempt failed."""
    return [await _activity(client, activity) for activity in found.raw_description.pending_activities]


async def _activity(client: Client, activity: PendingActivityInfo) -> dict[str, object]:
    waits = activity.HasField("next_attempt_schedule_time")
    return {
        "activity_id": activity.activity_id,
        "type": activity.activity_type.name,
        "state": PendingActivityState.Name(activity.state).removeprefix("PENDING_ACTIVITY_STATE_"),
        "attempt": activity.attempt,
        "worker": activity.last_worker_identity or None,
        "last_failure": await _message(client, activity.last_failure) or None,
        "next_attempt": activity.next_attempt_schedule_time.ToDatetime(UTC).isoformat() if waits else None,
    }


async def _message(client: Client, failure: Failure) -> str:
    if not failure.HasField("encoded_attributes"):
        return failure.message
    return str(await client.data_converter.decode_failure(failure))


def workflow_task(found: WorkflowExecutionDescription) -> dict[str, object] | None:
    """Returns the workflow task that waits for a worker; an attempt above 1 says that workers fail at it."""
    if not found.raw_description.HasField("pending_workflow_task"):
        return None
    task = found.raw_description.pending_workflow_task
    return {"attempt": task.attempt, "since": task.original_scheduled_time.ToDatetime(UTC).isoformat()}


async def pending_timers(client: Client, workflow_id: str, run_id: str) -> list[dict[str, object]]:
    """Returns the timers that have started and neither fired nor been canceled, by the history.

    Raises:
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    history = await ask(handle.fetch_history(), HISTORY_SECONDS)
    return [await _timer(client, event) for event in _running(history.events).values()]


def _running(events: Sequence[HistoryEvent]) -> dict[str, HistoryEvent]:
    running: dict[str, HistoryEvent] = {}
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            running[event.timer_started_event_attributes.timer_id] = event
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            running.pop(event.timer_fired_event_attributes.timer_id, None)
        elif event.event_type == EventType.EVENT_TYPE_TIMER_CANCELED:
            running.pop(event.timer_canceled_event_attributes.timer_id, None)
    return running


async def _timer(client: Client, event: HistoryEvent) -> dict[str, object]:
    started = event.timer_started_event_attributes
    fires = event.event_time.ToDatetime(UTC) + started.start_to_fire_timeout.ToTimedelta()
    has_summary = event.HasField("user_metadata") and event.user_metadata.HasField("summary")
    return {
        "timer_id": started.timer_id,
        "fires_at": fires.isoformat(),
        "summary": await _first(client, event.user_metadata.summary) if has_summary else None,
    }


async def _first(client: Client, payload: Payload) -> object:
    return next(iter(await decoded(client, [payload])), None)


async def end_of(client: Client, workflow_id: str, run_id: str) -> End:
    """Returns how a run that has ended did so, with its result or the failure.

    Raises:
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id, result_type=RawValue)
    try:
        raw = await ask(handle.result(follow_runs=False))
        return End(COMPLETED, plain_value(raw.payload) if raw else None)
    except WorkflowFailureError as error:
        return end_by(error)
