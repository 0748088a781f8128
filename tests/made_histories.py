"""Small histories made by hand: times are seconds after noon."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class HandMade:
    """A history under construction; each method adds events and returns the last one's id."""

    def __init__(self) -> None:
        self._events: list[HistoryEvent] = []

    @property
    def history(self) -> WorkflowHistory:
        return WorkflowHistory("workflow", self._events)

    def add(self, kind: EventType.ValueType, seconds: float) -> HistoryEvent:
        event = HistoryEvent(event_id=len(self._events) + 1, event_type=kind)
        event.event_time.FromDatetime(at(seconds))
        self._events.append(event)
        return event

    def lose(self, place: int) -> None:
        del self._events[place]

    def task(self, began: float, *, by: str = "worker", timed_out: bool = False) -> None:
        self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, began)
        started = self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, began).event_id
        if timed_out:
            self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, began)
            return
        completed = self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, began + 0.1)
        completed.workflow_task_completed_event_attributes.started_event_id = started
        completed.workflow_task_completed_event_attributes.identity = by

    def timer(self, started: float, asks: float, fired: float) -> int:
        begun = self.add(EventType.EVENT_TYPE_TIMER_STARTED, started)
        begun.timer_started_event_attributes.start_to_fire_timeout.FromTimedelta(timedelta(seconds=asks))
        end = self.add(EventType.EVENT_TYPE_TIMER_FIRED, fired)
        end.timer_fired_event_attributes.started_event_id = begun.event_id
        return end.event_id

    def signal(self, name: str, seconds: float) -> None:
        event = self.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, seconds)
        event.workflow_execution_signaled_event_attributes.signal_name = name

    def begin(self, seconds: float) -> None:
        self.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, seconds)

    def end(self, seconds: float) -> None:
        self.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, seconds)

    def activity(
        self,
        name: str,
        began: float,
        *,
        attempt: int = 1,
        by: str = "worker",
        taken_by: str = "",
        scheduled_at: float | None = None,
        failed_with: str = "",
    ) -> None:
        asked = began if scheduled_at is None else scheduled_at
        scheduled = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, asked)
        scheduled.activity_task_scheduled_event_attributes.activity_type.name = name
        started = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, began)
        started.activity_task_started_event_attributes.scheduled_event_id = scheduled.event_id
        taken = started.activity_task_started_event_attributes
        taken.attempt, taken.identity = attempt, taken_by or by
        if failed_with:
            taken.last_failure.application_failure_info.type = failed_with
        completed = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, began + 0.1)
        completed.activity_task_completed_event_attributes.scheduled_event_id = scheduled.event_id
        completed.activity_task_completed_event_attributes.started_event_id = started.event_id
        completed.activity_task_completed_event_attributes.identity = by

    def activities_together(
        self, name: str, *, attempts: tuple[int, ...], began: float, ended: float
    ) -> None:
        """Activities that ended during one workflow task: the server writes all starts, then all ends."""
        asked = [self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, began) for _ in attempts]
        starts = [self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, began) for _ in attempts]
        for scheduled, started, attempt in zip(asked, starts, attempts, strict=True):
            scheduled.activity_task_scheduled_event_attributes.activity_type.name = name
            started.activity_task_started_event_attributes.scheduled_event_id = scheduled.event_id
            started.activity_task_started_event_attributes.attempt = attempt
        for started in starts:
            completed = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, ended)
            completed.activity_task_completed_event_attributes.started_event_id = started.event_id
