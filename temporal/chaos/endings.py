"""Waits for the ends of a run's workflows, and reads all that the server knows of them."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHistory
from temporalio.service import RPCError

from temporal.chaos.evidence import Ending
from temporal.chaos.observation import Handle, until
from temporal.chaos.run import Live

OVER = {
    WorkflowExecutionStatus.COMPLETED,
    WorkflowExecutionStatus.FAILED,
    WorkflowExecutionStatus.CANCELED,
    WorkflowExecutionStatus.TERMINATED,
    WorkflowExecutionStatus.TIMED_OUT,
}

LOOKS, LOOK_SECONDS = 50, 0.1
"""How often, and how many seconds apart, the list of open workflows is looked at."""


async def wait_for_ends(lives: Sequence[Live], patience_seconds: float) -> None:
    """Returns once every workflow has ended, its whole chain of runs, or patience is over."""

    async def ended(live: Live) -> None:
        async def over() -> bool:
            return (await live.handle.describe()).status in OVER

        await until(f"{live.handle.id} ends", over, patience_seconds)

    await asyncio.gather(*(ended(live) for live in lives), return_exceptions=True)


async def ending_of(client: Client, live: Live) -> Ending:
    """Returns how a workflow is found now, with the history of every run of its chain."""
    described = await live.handle.describe()
    status = described.status.name if described.status else "UNKNOWN"
    result: Any = None
    failure = ""
    if described.status in OVER:
        try:
            result = await client.get_workflow_handle(live.handle.id).result()
        except WorkflowFailureError as error:
            failure = str(error.cause)
    return Ending(
        workflow_id=live.handle.id,
        status=status,
        result=result,
        failure=failure,
        histories=await chain(client, live.handle),
        applied=live.workload.applied(result),
    )


async def chain(client: Client, handle: Handle) -> list[WorkflowHistory]:
    """Returns the histories of a workflow's runs, from the first on."""
    histories: list[WorkflowHistory] = []
    run_id = handle.first_execution_run_id or handle.run_id
    while True:
        history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        histories.append(history)
        last = history.events[-1]
        if last.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return histories
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id


def children(ending: Ending) -> Iterator[tuple[str, str]]:
    """Yields the id and type of every child workflow that a workflow has started."""
    for history in ending.histories:
        for event in history.events:
            if event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
                started = event.child_workflow_execution_started_event_attributes
                yield started.workflow_execution.workflow_id, started.workflow_type.name


async def open_workflows(client: Client, task_queue: str) -> list[str]:
    """Returns the ids of workflows that are open on a task queue, by the server's list.

    The list follows the end of a workflow by a moment, so it is looked at again until it is empty.
    """
    query = f"TaskQueue = {task_queue!r} AND ExecutionStatus = 'Running'"

    async def listed() -> list[str]:
        return [execution.id async for execution in client.list_workflows(query)]

    for _ in range(LOOKS):
        try:
            if not (found := await listed()):
                return []
        except RPCError as error:
            found = [f"unknown: {error}"]
        await asyncio.sleep(LOOK_SECONDS)
    return found
