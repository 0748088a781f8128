"""How long starts and steps take, from the histories of workflows that have just ended: a sample of them."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecution

from services.api.approvals.visibility_query import both, equals

MOST_HISTORIES = 10
"""How many are read at most each time: a sample is enough, and each costs the server a read."""

MOST_EVENTS = 500
"""Longer histories are not read: nobody's look at a page shall cost that much."""


@dataclass
class Times:
    """Seconds; `scheduled` is the part of a step before the start of its last attempt."""

    start: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    scheduled: list[float] = field(default_factory=list)


class Histories:
    """Reads histories of one task queue's workflows, each once.

    Args:
        task_queue: It.
    """

    def __init__(self, task_queue: str) -> None:
        self._queue = task_queue
        self._since = datetime.now(UTC) - timedelta(minutes=5)
        self._read: deque[str] = deque(maxlen=1_000)

    async def times(self, client: Client) -> Times:
        """Returns the times of workflows that have ended since the last call.

        Raises:
            RPCError: Temporal refuses or does not answer.
        """
        since = self._since.isoformat(timespec="milliseconds")
        query = both(equals("TaskQueue", self._queue), f"CloseTime >= '{since}'")
        ended = [run async for run in client.list_workflows(query, limit=5 * MOST_HISTORIES)]
        short = [run for run in ended if run.history_length <= MOST_EVENTS]
        new = [run for run in short if run.run_id not in self._read][:MOST_HISTORIES]
        self._since = max([self._since, *(run.close_time for run in new if run.close_time)])
        self._read.extend(run.run_id for run in new)
        times = Times()
        for events in await asyncio.gather(*(_events(client, run) for run in new)):
            measure(events, times)
        return times


async def _events(client: Client, run: WorkflowExecution) -> list[HistoryEvent]:
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    return list((await handle.fetch_history()).events)


def measure(events: Iterable[HistoryEvent], times: Times) -> None:
    """Adds what one history tells: the first start of a workflow task, and every step that succeeded."""
    at: dict[int, float] = {}
    begun = False
    for event in events:
        at[event.event_id] = now = event.event_time.ToNanoseconds() / 1e9
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED if not begun:
                begun = True
                times.start.append(now - at[event.workflow_task_started_event_attributes.scheduled_event_id])
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                scheduled = event.activity_task_started_event_attributes.scheduled_event_id
                times.scheduled.append(now - at[scheduled])
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                scheduled = event.activity_task_completed_event_attributes.scheduled_event_id
                times.steps.append(now - at[scheduled])
