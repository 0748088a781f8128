"""A death costs an activity at most one extra attempt: nothing is retried for longer than there is reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import time_of
from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants.reading import by_id, failed_by_itself, histories

NAME = "attempts"
WHAT = "an activity has at most one extra attempt for each kill that met it"

ENDS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
}
"""The events that end an activity."""

IN_FLIGHT = timedelta(seconds=2)
"""How long after a death its worker's open polls can still be given a task, at most."""


@dataclass(frozen=True)
class Ended:
    """An activity that has ended: its last attempt's number, why the one before failed, from when to when."""

    name: str
    attempt: int
    last_failure: Failure
    scheduled: datetime
    ended: datetime


def applies(evidence: Evidence) -> bool:
    """Where an activity has ended."""
    return any(True for _, history in histories(evidence) for _ in ended_activities(history))


async def check(evidence: Evidence) -> list[str]:
    """Counts the faults that fell into each activity's time; while one lasts, retries are not bounded."""
    breaches = []
    for ending, history in histories(evidence):
        for one in ended_activities(history):
            met = [landing for landing in evidence.landed if _met(landing.at, landing.healed, one)]
            lasting = any(landing.healed is not None for landing in met)
            allowed = 1 + len(met)
            # How often a foreign activity fails by itself is not for the harness to know.
            its_own = evidence.store is None and failed_by_itself(one.last_failure)
            if one.attempt > allowed and not lasting and not its_own:
                breaches.append(
                    f"attempts: {one.name} of {ending.workflow_id} took {one.attempt}, at most {allowed} "
                    f"for {len(met)} faults"
                )
    return breaches


def ended_activities(history: WorkflowHistory) -> Iterator[Ended]:
    """Yields the activities that a worker took and that have ended; their starts are in the history."""
    events, ends = by_id(history), _ends(history)
    for event in history.events:
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            continue
        started = event.activity_task_started_event_attributes
        scheduled = events[started.scheduled_event_id]
        yield Ended(
            name=scheduled.activity_task_scheduled_event_attributes.activity_type.name,
            attempt=started.attempt,
            last_failure=started.last_failure,
            scheduled=time_of(scheduled),
            ended=ends.get(event.event_id, time_of(event)),
        )


def _ends(history: WorkflowHistory) -> dict[int, datetime]:
    """Returns when activities ended, by the ids of their starts; the starts of several may stand together."""
    ended = {}
    for event in history.events:
        if event.event_type in ENDS:
            attributes = getattr(event, str(event.WhichOneof("attributes")))
            ended[attributes.started_event_id] = time_of(event)
    return ended


def _met(at: datetime, healed: datetime | None, one: Ended) -> bool:
    return at <= one.ended and one.scheduled <= (healed or at) + IN_FLIGHT
