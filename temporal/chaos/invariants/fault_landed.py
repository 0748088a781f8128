"""The fault fired where it says: each that was meant landed, hit a living run, and the dead stayed dead."""

from collections import Counter
from datetime import datetime

from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import time_of
from temporal.chaos.evidence import Evidence, Landing
from temporal.chaos.identity import pid_of
from temporal.chaos.invariants.reading import by_id, closed_at, histories

NAME = "fault-landed"
WHAT = "each fault that was meant landed at its point, while there was something to hit"


def applies(evidence: Evidence) -> bool:
    """Where a fault was meant or landed."""
    return bool(evidence.planned or evidence.landed)


async def check(evidence: Evidence) -> list[str]:
    """Compares what was meant with what landed, and what landed with the histories."""
    landed = Counter(landing.planned for landing in evidence.landed)
    breaches = [
        f"fault: {fault.fault} at {fault.point} landed {landed[fault]} times, meant {times}"
        for fault, times in Counter(evidence.planned).items()
        if landed[fault] < times
    ]
    for landing in evidence.landed:
        breaches += _went_on(evidence, landing)
        ends = [closed_at(history) for _, history in histories(evidence)]
        if ends and all(end is not None and end <= landing.at for end in ends):
            breaches.append(f"fault: {landing.planned.fault} interrupted nothing: all had ended before")
    return breaches


def kill_landed(history: WorkflowHistory, killed: datetime) -> list[str]:
    """Checks that no worker of the time before the kill completed a task that began after it."""
    before: set[str] = set()
    after: set[str] = set()
    for identity, began in _completed(history):
        (after if began > killed else before).add(identity)
    return [f"fault: worker {identity} went on after its kill" for identity in sorted(before & after)]


def _went_on(evidence: Evidence, landing: Landing) -> list[str]:
    """A process that was killed for good completes nothing that it got after its death."""
    if landing.healed is not None:
        return []
    identities = {
        identity
        for _, history in histories(evidence)
        for identity, began in _completed(history)
        if began > landing.at and pid_of(identity) in landing.pids
    }
    return [f"fault: worker {identity} went on after its kill" for identity in sorted(identities)]


def _completed(history: WorkflowHistory) -> list[tuple[str, datetime]]:
    """Who completed each workflow and activity task, and when it began."""
    events = by_id(history)
    return [
        (done.identity, time_of(events[done.started_event_id]))
        for event in history.events
        for done in (
            event.workflow_task_completed_event_attributes,
            event.activity_task_completed_event_attributes,
        )
        if done.identity
    ]
