"""How late a workflow went on, read from its history: the server's own times, whatever the harness saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory


@dataclass(frozen=True, kw_only=True)
class Continuation:
    """One time that a workflow had to go on.

    Attributes:
        what: What it waited for: `timer`, `signal NAME`, `result of ACTIVITY` or `retry of ACTIVITY`.
        due: When it could go on: the timer's end, the signal's or result's arrival, or the kill.
        began: When a worker went on with it.
    """

    what: str
    due: datetime
    began: datetime

    @property
    def late_seconds(self) -> float:
        """How late, in seconds; a few milliseconds in a healthy service."""
        return (self.began - self.due).total_seconds()


@dataclass(frozen=True)
class Timer:
    """A timer that fired: its last event, how long it was asked to last, when it began and when it fired."""

    fired_event_id: int
    asked: timedelta
    started: datetime
    fired: datetime


def continuations(history: WorkflowHistory) -> list[Continuation]:
    """Returns, in order, every timer, signal and activity result of a run that a workflow task took up."""
    dues = [(timer.fired_event_id, "timer", timer.started + timer.asked) for timer in timers(history)]
    types = _activity_types(history)
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            name = event.workflow_execution_signaled_event_attributes.signal_name
            dues.append((event.event_id, f"signal {name}", time_of(event)))
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            name = types[event.activity_task_completed_event_attributes.scheduled_event_id]
            dues.append((event.event_id, f"result of {name}", time_of(event)))
    begun = ((what, due, _next_task_began(history, event_id)) for event_id, what, due in sorted(dues))
    return [Continuation(what=what, due=due, began=began) for what, due, began in begun if began]


def retried_activities(history: WorkflowHistory, killed: datetime) -> list[Continuation]:
    """Returns the activities that a later attempt took up after a kill, due at the kill.

    Args:
        history: The whole history; an activity's start is in it once it has ended.
        killed: When their worker was gone (UTC).
    """
    types = _activity_types(history)
    found = []
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started = event.activity_task_started_event_attributes
            if started.attempt > 1 and time_of(event) > killed:
                what = f"retry of {types[started.scheduled_event_id]}"
                found.append(Continuation(what=what, due=killed, began=time_of(event)))
    return found


def timers(history: WorkflowHistory) -> Iterator[Timer]:
    """Yields the timers of a run that have fired, in order."""
    started: dict[int, HistoryEvent] = {}
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            started[event.event_id] = event
        if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            begun = started[event.timer_fired_event_attributes.started_event_id]
            asked = begun.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            yield Timer(event.event_id, asked, time_of(begun), time_of(event))


def _activity_types(history: WorkflowHistory) -> dict[int, str]:
    return {
        event.event_id: event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }


def time_of(event: HistoryEvent) -> datetime:
    """Returns when an event happened (UTC)."""
    return event.event_time.ToDatetime(UTC)


def _next_task_began(history: WorkflowHistory, after: int) -> datetime | None:
    """Returns when the next workflow task began that a worker completed; the others reached nobody alive."""
    started = {event.event_id: time_of(event) for event in history.events}
    for event in history.events:
        if event.event_id > after and event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return started[event.workflow_task_completed_event_attributes.started_event_id]
    return None
