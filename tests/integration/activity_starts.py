"""Reads from a history which attempt of an activity ended it, and who ran that attempt."""

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import ActivityTaskStartedEventAttributes
from temporalio.client import WorkflowHistory


def activity_starts(history: WorkflowHistory, activity: str) -> list[ActivityTaskStartedEventAttributes]:
    """Returns the last start of each call of `activity`, in order; a history holds no earlier ones."""
    scheduled = {
        event.event_id
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
        and event.activity_task_scheduled_event_attributes.activity_type.name == activity
    }
    starts = [event.activity_task_started_event_attributes for event in history.events]
    return [start for start in starts if start.scheduled_event_id in scheduled]
