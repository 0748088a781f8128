"""How late a workflow went on, by the server's own times in its history."""

from collections.abc import Iterator
from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import Continuation, continuations, retried_activities, time_of

REPEATED = (EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)


def waits(history: WorkflowHistory) -> list[Continuation]:
    """Returns everything that the workflow had to wait for a worker for.

    That is its start, its activities (from the moment they were scheduled to the attempt that counted),
    timers, signals and activity results.
    """
    return [*filter(None, [start(history)]), *_activities(history), *continuations(history)]


def latest(history: WorkflowHistory) -> float:
    """Returns the longest of a workflow's waits, in seconds."""
    return max(wait.late_seconds for wait in waits(history))


def start(history: WorkflowHistory) -> Continuation | None:
    """Returns the start of a workflow, due when the server took it; None while no worker has had it."""
    began = _first_completed_task(history)
    return Continuation(what="start", due=time_of(history.events[0]), began=began) if began else None


def timer_after(history: WorkflowHistory, killed: datetime) -> Continuation | None:
    """Returns the first timer that ended after a kill."""
    return _first(one for one in continuations(history) if one.what == "timer" and one.due > killed)


def signal_after(history: WorkflowHistory, killed: datetime) -> Continuation | None:
    """Returns the first signal that came after a kill."""
    return _first(one for one in continuations(history) if one.what.startswith("signal") and one.due > killed)


def retry_after(history: WorkflowHistory, killed: datetime) -> Continuation | None:
    """Returns the later attempt of an activity that was under way at a kill, due at the kill."""
    return _first(iter(retried_activities(history, killed)))


def first_task_again(history: WorkflowHistory, killed: datetime) -> Continuation | None:
    """Returns the repetition of a first workflow task that was under way at a kill, due at the kill."""
    began = _first_completed_task(history)
    return Continuation(what="task", due=killed, began=began) if began and began > killed else None


def repeated_work(history: WorkflowHistory) -> bool:
    """Tells whether an activity or a workflow task of a run was given to a worker more than once."""
    return attempted_twice(history) or any(event.event_type in REPEATED for event in history.events)


def attempted_twice(history: WorkflowHistory) -> bool:
    """Tells whether an activity of a run had more than one attempt."""
    return any(event.activity_task_started_event_attributes.attempt > 1 for event in history.events)


def _activities(history: WorkflowHistory) -> Iterator[Continuation]:
    scheduled = {
        event.event_id: time_of(event)
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            due = scheduled[event.activity_task_started_event_attributes.scheduled_event_id]
            yield Continuation(what="activity", due=due, began=time_of(event))


def _first_completed_task(history: WorkflowHistory) -> datetime | None:
    times = {event.event_id: time_of(event) for event in history.events}
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return times[event.workflow_task_completed_event_attributes.started_event_id]
    return None


def _first(of: Iterator[Continuation]) -> Continuation | None:
    return next(of, None)
