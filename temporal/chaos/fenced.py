"""What became of the completions that zombies sent late: by the histories, which tell whose was taken."""

from collections.abc import Iterator, Sequence

from temporalio.api.enums.v1 import EventType

from temporal.chaos.evidence import Ending
from temporal.chaos.identity import pid_of
from temporal.chaos.invariants.reading import run_id
from temporal.chaos.points.armed import Struck
from temporal.chaos.run import Run


def late_completions(run: Run, endings: Sequence[Ending]) -> list[str]:
    """Returns one line for each zombie that went on, which begins with `refused` or `accepted`."""
    return [_line(struck, endings) for struck in run.resumed]


def _line(struck: Struck, endings: Sequence[Ending]) -> str:
    activity = struck.moment.partition(":")[0]
    told = f"attempt {struck.attempt} of {activity} by process {struck.pid}"
    taken = {
        (pid, attempt)
        for ending in endings
        if ending.workflow_id == struck.workflow_id
        for pid, attempt in _completions(ending, struck)
    }
    return f"accepted: {told}" if (struck.pid, struck.attempt) in taken else f"refused: {told}"


def _completions(ending: Ending, struck: Struck) -> Iterator[tuple[int, int]]:
    """Yields who completed the activity at which a worker was stopped, and in which attempt."""
    for history in ending.histories:
        if run_id(history) != struck.run_id:
            continue
        events = {event.event_id: event for event in history.events}
        for event in history.events:
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                done = event.activity_task_completed_event_attributes
                scheduled = events[done.scheduled_event_id].activity_task_scheduled_event_attributes
                started = events[done.started_event_id].activity_task_started_event_attributes
                if scheduled.activity_id == struck.activity_id:
                    yield pid_of(done.identity), started.attempt
