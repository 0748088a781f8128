"""What already lies on a dead worker's sticky queue is taken from there, and comes by the normal one."""

import asyncio
import uuid
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.taskqueue.v1 import StickyExecutionAttributes, TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RespondWorkflowTaskCompletedRequest,
)
from temporalio.client import Client

from temporal.chaos.observation import until
from temporal.client import connect
from temporal.config import ConnectionSettings
from temporal.engine import Engine
from temporal.recovery.held import Kind, Ledger, Poller
from temporal.recovery.polls import Polls
from temporal.recovery.release import release
from temporal.recovery.sticky_backlog import backlog
from temporal.recovery.upstream import Temporal

pytest_plugins = ["tests.integration.engine_fixtures"]

POLL = timedelta(seconds=30)
HOUR = Duration(seconds=3_600)


async def polled(
    client: Client, queue: TaskQueue, patience: timedelta = POLL
) -> PollWorkflowTaskQueueResponse:
    request = PollWorkflowTaskQueueRequest(namespace="default", task_queue=queue, identity="dead")
    return await client.workflow_service.poll_workflow_task_queue(request, timeout=patience)


async def test_a_task_on_a_dead_sticky_queue_comes_by_the_normal_queue(shared_engine: Engine) -> None:
    settings = ConnectionSettings(address=shared_engine.address)
    client, upstream = await connect(settings), Temporal(settings)
    name = f"sticky-{uuid.uuid4().hex[:8]}"
    normal = TaskQueue(name=name)
    sticky = TaskQueue(
        name=f"{name}-mine", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=normal.name
    )
    handle = await client.start_workflow("Anything", id=name, task_queue=name)
    task = await polled(client, normal)
    # For the server the queue's worker lives: it polls.
    last_poll = asyncio.create_task(polled(client, sticky, timedelta(seconds=3)))
    keep = StickyExecutionAttributes(worker_task_queue=sticky, schedule_to_start_timeout=HOUR)
    await client.workflow_service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(
            namespace="default", task_token=task.task_token, sticky_attributes=keep
        )
    )
    await asyncio.gather(last_poll, return_exceptions=True)
    await handle.signal("anything")
    dead = Poller("default", "dead", "key", normal.name, sticky.name)

    async def it_lies_there() -> bool:
        return await backlog(dead, upstream) > 0

    await until("the signal's task is on the sticky queue", it_lies_there)
    ledger = Ledger()
    ledger.saw_poll(dead)
    released = await release(ledger, upstream, Polls(lambda key, answer: None), frozenset())
    assert released.tasks == {Kind.WORKFLOW: 1}
    again = await polled(client, normal)
    assert again.workflow_execution.workflow_id == name
    await handle.terminate()
    await upstream.close()
