"""How late workflows went on after a fault, from the server's times: the recovery times of a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import Continuation, continuations, time_of
from temporal.chaos.evidence import Evidence, Landing
from temporal.chaos.invariants.reading import by_id, failed_by_itself, histories


@dataclass(frozen=True)
class Step:
    """A workflow's step that a fault may have held up: after which landing, whose, and how late it began."""

    landing: Landing
    workflow_id: str
    what: str
    late_seconds: float
    began: datetime


def lateness(evidence: Evidence) -> dict[str, list[float]]:
    """Returns by point, for each landing and workflow that went on after it, its latest step, in seconds."""
    latest: dict[tuple[int, str], tuple[str, float]] = {}
    for step in steps(evidence):
        key = (id(step.landing), step.workflow_id)
        _, so_far = latest.get(key, ("", 0.0))
        latest[key] = (step.landing.planned.point, max(step.late_seconds, so_far))
    found: dict[str, list[float]] = {}
    for point, seconds in latest.values():
        found.setdefault(point, []).append(seconds)
    return found


def steps(evidence: Evidence) -> Iterator[Step]:
    """Yields every step that was due after a landing, or held when it landed, and begun before the next.

    What was held is due at the landing. While a fault lasts nothing can go on, so that what falls due within
    it is due at its end.
    """
    for landing, until in _windows(evidence):
        for ending, history in histories(evidence):
            for one in _all(history, foreign=evidence.store is None):
                if not landing.at < one.began <= until:
                    continue
                due = max(one.due, landing.at)
                if landing.healed is not None and due < landing.healed:
                    due = min(landing.healed, one.began)
                late_seconds = (one.began - due).total_seconds()
                yield Step(landing, ending.workflow_id, one.what, late_seconds, one.began)


def _windows(evidence: Evidence) -> Iterator[tuple[Landing, datetime]]:
    """Yields each landing and when the next one came, or well after the run: what begins between is its."""
    landed = sorted(evidence.landed, key=lambda landing: landing.at)
    ends = [*(landing.at for landing in landed[1:]), evidence.ended + timedelta(days=1)]
    yield from zip(landed, ends, strict=False)


def _all(history: WorkflowHistory, *, foreign: bool) -> list[Continuation]:
    return [*_starts(history), *continuations(history), *_retries(history, foreign=foreign)]


def _starts(history: WorkflowHistory) -> Iterator[Continuation]:
    """Yields the run's start: due when its first task was to come, begun with the first that was ended."""
    events = by_id(history)
    asked = history.events[0]
    backoff = asked.workflow_execution_started_event_attributes.first_workflow_task_backoff
    due = time_of(asked) + backoff.ToTimedelta()  # a start may ask for a delay
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            began = events[event.workflow_task_completed_event_attributes.started_event_id]
            yield Continuation(what="start", due=due, began=time_of(began))
            return


def _retries(history: WorkflowHistory, *, foreign: bool) -> Iterator[Continuation]:
    """Yields the later attempts of activities, due when the activity was scheduled at the earliest."""
    events = by_id(history)
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started = event.activity_task_started_event_attributes
            if started.attempt > 1 and not (foreign and failed_by_itself(started.last_failure)):
                scheduled = events[started.scheduled_event_id]
                name = scheduled.activity_task_scheduled_event_attributes.activity_type.name
                yield Continuation(what=f"retry of {name}", due=time_of(scheduled), began=time_of(event))
