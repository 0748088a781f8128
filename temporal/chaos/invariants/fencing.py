"""An attempt that was given up cannot complete what another attempt has taken over."""

from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import time_of
from temporal.chaos.evidence import Evidence
from temporal.chaos.identity import pid_of
from temporal.chaos.invariants.reading import by_id, histories

NAME = "fencing"
WHAT = "a stale attempt is fenced: a resumed zombie's completion is refused"

ZOMBIE = "zombie"
"""The fault that stops a process and lets it go on later."""

ACCEPTED = "accepted"
"""How a line of `Evidence.fenced` begins when a late completion was taken; otherwise `refused`."""


def applies(evidence: Evidence) -> bool:
    """Where a process was stopped and went on, or its late completion was seen."""
    return bool(evidence.fenced) or bool(_zombies(evidence))


async def check(evidence: Evidence) -> list[str]:
    """Looks for activities that began in one process and were completed by a zombie."""
    zombies = _zombies(evidence)
    return [
        *(f"zombie: {line}" for line in evidence.fenced if line.startswith(ACCEPTED)),
        *(line for _, history in histories(evidence) for line in _taken_over(history, zombies)),
    ]


def _zombies(evidence: Evidence) -> dict[int, datetime]:
    return {
        pid: landing.at
        for landing in evidence.landed
        if landing.planned.fault == ZOMBIE
        for pid in landing.pids
    }


def _taken_over(history: WorkflowHistory, zombies: dict[int, datetime]) -> list[str]:
    events = by_id(history)
    breaches = []
    for event in history.events:
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            continue
        completed = event.activity_task_completed_event_attributes
        started = events[completed.started_event_id].activity_task_started_event_attributes
        zombie = pid_of(completed.identity)
        if zombie in zombies and time_of(event) > zombies[zombie] and started.identity != completed.identity:
            breaches.append(
                f"zombie: {completed.identity} completed attempt {started.attempt}, "
                f"which {started.identity} had begun"
            )
    return breaches
