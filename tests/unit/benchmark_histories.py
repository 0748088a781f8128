"""Histories as a benchmark reads them, built from what happened when."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """Returns the time so many seconds after the workflow was started."""
    return BEGUN + timedelta(seconds=seconds)


class Told:
    """A history under construction; each method adds events and times are seconds from the start."""

    def __init__(self) -> None:
        self._events: list[HistoryEvent] = []
        self._add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, 0)

    def task(self, scheduled: float, began: float) -> "Told":
        """Adds a workflow task that a worker completed."""
        self._add(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, scheduled)
        started = self._add(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, began)
        completed = self._add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, began)
        completed.workflow_task_completed_event_attributes.started_event_id = started.event_id
        return self

    def failed_task(self, at: float) -> "Told":
        """Adds a workflow task that was given back."""
        self._add(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, at)
        return self

    def timer(self, started: float, seconds: float, fired: float) -> "Told":
        """Adds a timer that has fired."""
        begun = self._add(EventType.EVENT_TYPE_TIMER_STARTED, started)
        begun.timer_started_event_attributes.start_to_fire_timeout.FromTimedelta(timedelta(seconds=seconds))
        self._add(
            EventType.EVENT_TYPE_TIMER_FIRED, fired
        ).timer_fired_event_attributes.started_event_id = begun.event_id
        return self

    def signal(self, at: float) -> "Told":
        """Adds a signal."""
        event = self._add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, at)
        event.workflow_execution_signaled_event_attributes.signal_name = "go"
        return self

    def activity(self, scheduled: float, began: float, attempt: int = 1) -> "Told":
        """Adds an activity whose attempt that counts began then; its end is not told."""
        asked = self._add(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, scheduled)
        asked.activity_task_scheduled_event_attributes.activity_type.name = "step"
        started = self._add(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, began)
        started.activity_task_started_event_attributes.scheduled_event_id = asked.event_id
        started.activity_task_started_event_attributes.attempt = attempt
        return self

    def history(self) -> WorkflowHistory:
        """Returns what was told."""
        return WorkflowHistory("one", self._events)

    def _add(self, kind: EventType.ValueType, at: float) -> HistoryEvent:
        time = Timestamp()
        time.FromDatetime(moment(at))
        event = HistoryEvent(event_id=len(self._events) + 1, event_type=kind, event_time=time)
        self._events.append(event)
        return event
