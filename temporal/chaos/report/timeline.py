"""One run around its fault, read from its history: the kill, what waited and ran, the next step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import time_of, timers
from temporal.chaos.evidence import Verdict
from temporal.chaos.invariants.lateness import steps
from temporal.chaos.invariants.reading import by_id

GIVEN_UP = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
}
"""How a held workflow task is given to another worker: the supervisor fails it, or its time is over."""


@dataclass(frozen=True)
class Span:
    """A bar: on which line, from when to when in seconds after the fault, and whether it waited or ran."""

    line: str
    begin: float
    end: float
    waits: bool


@dataclass(frozen=True)
class Timeline:
    """One workflow around one fault; times are seconds after the fault.

    Attributes:
        title: Scenario, workers, fault and point.
        spans: The bars.
        healed: When the fault was over, where it lasted.
        released: When a workflow task that the dead held was given up; None where the history has no such.
        next_step: When the latest step after the fault began.
        what: What that step was.
    """

    title: str
    spans: Sequence[Span]
    healed: float | None
    released: float | None
    next_step: float
    what: str


def timeline(verdict: Verdict) -> Timeline | None:
    """Returns the timeline of the workflow that went on latest after a fault; None if none went on."""
    late = sorted(steps(verdict.evidence), key=lambda step: step.late_seconds)
    if not late:
        return None
    step = late[-1]
    landing, zero = step.landing, step.landing.at

    def after(moment: datetime) -> float:
        return (moment - zero).total_seconds()

    endings = [one for one in verdict.evidence.endings if one.workflow_id == step.workflow_id]
    histories = [history for ending in endings for history in ending.histories]
    released = [
        after(time_of(event))
        for history in histories
        for event in history.events
        if event.event_type in GIVEN_UP and zero < time_of(event) <= step.began
    ]
    return Timeline(
        title=(
            f"{verdict.evidence.scenario}, {verdict.evidence.workers}: "
            f"{landing.planned.fault} at {landing.planned.point}"
        ),
        spans=[
            Span(line, after(begin), after(end), waits)
            for history in histories
            for line, begin, end, waits in _spans(history)
        ],
        healed=after(landing.healed) if landing.healed else None,
        released=released[0] if released else None,
        next_step=after(step.began),
        what=step.what,
    )


def _spans(history: WorkflowHistory) -> Iterator[tuple[str, datetime, datetime, bool]]:
    events = by_id(history)
    for event in history.events:
        for line, scheduled, started in _taken(event, events):
            yield line, time_of(scheduled), time_of(started), True
            yield line, time_of(started), time_of(event), False
    for timer in timers(history):
        yield "timers", timer.started, timer.started + timer.asked, False


def _taken(
    event: HistoryEvent, events: dict[int, HistoryEvent]
) -> Iterator[tuple[str, HistoryEvent, HistoryEvent]]:
    """Yields the line of a task that ended with this event, and the events of its scheduling and start."""
    for line, done in (
        ("workflow tasks", event.workflow_task_completed_event_attributes),
        ("workflow tasks", event.workflow_task_failed_event_attributes),
        ("workflow tasks", event.workflow_task_timed_out_event_attributes),
        ("activities", event.activity_task_completed_event_attributes),
        ("activities", event.activity_task_failed_event_attributes),
    ):
        if done.scheduled_event_id:
            scheduled = events[done.scheduled_event_id]
            yield line, scheduled, events.get(done.started_event_id, event)
