"""What a test sees of a workflow: its status by query, its events by history, its outcome."""

import asyncio
import json
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError

from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.durable_demo import DemoPhase, DurableDemoStatus
from temporal.messages.work import WorkProgress
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.workflows.stage import ApprovalHandle, DemoHandle

POLL_SECONDS = 0.01


async def demo_status(handle: DemoHandle) -> DurableDemoStatus:
    """Asks a demo for its status."""
    return await handle.query(DurableDemoWorkflow.get_status)


async def approval_status(handle: ApprovalHandle) -> ApprovalStatus:
    """Asks an approval for its status."""
    return await handle.query(ApprovalWorkflow.get_status)


async def demo_in(handle: DemoHandle, phase: DemoPhase) -> DurableDemoStatus:
    """Waits until a demo is in `phase`, for as long as the test may take."""
    while (status := await demo_status(handle)).phase is not phase:
        await asyncio.sleep(POLL_SECONDS)
    return status


async def approval_in(handle: ApprovalHandle, phase: ApprovalPhase) -> ApprovalStatus:
    """Waits until an approval is in `phase`, for as long as the test may take."""
    while (status := await approval_status(handle)).phase is not phase:
        await asyncio.sleep(POLL_SECONDS)
    return status


async def events(handle: ApprovalHandle | DemoHandle) -> list[str]:
    """Returns the names of a history's events, such as `TIMER_FIRED`, in order."""
    history = await handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def until_event(handle: ApprovalHandle | DemoHandle, name: str) -> None:
    """Waits until a history has an event of that name, for as long as the test may take."""
    while name not in await events(handle):
        await asyncio.sleep(POLL_SECONDS)


async def heartbeat(handle: DemoHandle) -> WorkProgress | None:
    """Returns the last heartbeat of long-running work under way that has arrived at the server."""
    for activity in (await handle.describe()).raw_description.pending_activities:
        for payload in activity.heartbeat_details.payloads:
            return WorkProgress(**json.loads(payload.data))
    return None


async def until_heartbeat(handle: DemoHandle) -> None:
    """Waits until long-running work has told its progress, for as long as the test may take."""
    while await heartbeat(handle) is None:
        await asyncio.sleep(POLL_SECONDS)


async def timers(handle: ApprovalHandle | DemoHandle) -> list[timedelta]:
    """Returns how long each timer of a history was started for, in order."""
    history = await handle.fetch_history()
    return [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]


async def current_details(handle: ApprovalHandle | DemoHandle) -> str:
    """Returns the current details of a workflow, as the Temporal UI shows them."""
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return metadata.current_details


async def assert_canceled(handle: ApprovalHandle | DemoHandle) -> None:
    """Waits for the end, which has to be `canceled`."""
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED
