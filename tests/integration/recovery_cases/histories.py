"""What a history says about the deaths in it."""

from collections.abc import Iterable

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

TIMED_OUT = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
}
RESET = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE


def timeouts(events: Iterable[HistoryEvent]) -> list[str]:
    """Returns the names of the events that say that something was waited out."""
    return [EventType.Name(event.event_type) for event in events if event.event_type in TIMED_OUT]


def released_tasks(events: Iterable[HistoryEvent]) -> int:
    """Returns how many workflow tasks a release gave back."""
    failed = [
        event.workflow_task_failed_event_attributes
        for event in events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    return sum(one.cause == RESET and one.identity == "recovery-gateway" for one in failed)


def completed_by(events: Iterable[HistoryEvent]) -> list[str]:
    """Returns the identity of the worker that completed each workflow task."""
    return [
        event.workflow_task_completed_event_attributes.identity
        for event in events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
