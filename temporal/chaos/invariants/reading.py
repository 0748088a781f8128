"""What several invariants read from a history, whatever workflow it is of."""

from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import time_of
from temporal.chaos.evidence import Ending, Evidence

CLOSED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
}
"""The events that end a run."""

WORKER_ENDED = {"WorkerDied", "WorkerShutdown"}
"""The failures by which a worker's end is told; any other application failure is the activity's own."""


def histories(evidence: Evidence) -> Iterator[tuple[Ending, WorkflowHistory]]:
    """Yields every history of the run, with whose it is."""
    for ending in evidence.endings:
        for history in ending.histories:
            yield ending, history


def run_id(history: WorkflowHistory) -> str:
    """Returns the id of the history's run; empty for an empty history."""
    if not history.events:
        return ""
    return history.events[0].workflow_execution_started_event_attributes.original_execution_run_id


def closed_at(history: WorkflowHistory) -> datetime | None:
    """Returns when the run ended (UTC); None while it is open."""
    last = history.events[-1] if history.events else None
    return time_of(last) if last is not None and last.event_type in CLOSED else None


def by_id(history: WorkflowHistory) -> dict[int, HistoryEvent]:
    """Returns the events by their ids."""
    return {event.event_id: event for event in history.events}


def plain(value: Any) -> Any:
    """Returns a result as JSON has it: what a client that knows its type decodes is a dataclass."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def failed_by_itself(failure: Failure) -> bool:
    """Tells whether an attempt ended by its own error, not by a timeout or the end of its worker."""
    return (
        failure.HasField("application_failure_info")
        and failure.application_failure_info.type not in WORKER_ENDED
    )
