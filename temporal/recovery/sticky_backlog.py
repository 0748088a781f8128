"""Takes back workflow tasks that already lie on a dead worker's sticky queue.

`ShutdownWorker` keeps the server from putting further ones there, but does not move these: each would wait
for its schedule-to-start timeout. It happens when a dead worker's last answer brings about another task.
"""

import asyncio

from temporalio.api.deployment.v1 import WorkerDeploymentOptions
from temporalio.api.enums.v1 import TaskQueueKind, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
)

from temporal.recovery.give_back import IDENTITY, fail_workflow_task
from temporal.recovery.held import HeldTask, Kind, Poller, PollKey
from temporal.recovery.upstream import Answer, Upstream, ask

POLL_SECONDS = 3.0
"""Deadline of a poll for what lies there, in seconds; below 2 the server refuses it."""

ONE_ROUND = 20
"""How many are taken before the queue is looked at again."""


async def drain(poller: Poller, upstream: Upstream) -> int:
    """Fails the workflow tasks on a dead worker's sticky queue, so that living workers get them.

    Looking does not make the queue seem alive to the server, taking does: `ShutdownWorker` must follow.

    Returns:
        How many were taken.
    """
    queue = TaskQueue(
        name=poller.sticky_queue, kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=poller.queue
    )
    waiting = await _backlog(queue, poller, upstream)
    taken = await asyncio.gather(*(_take(queue, poller, upstream) for _ in range(min(waiting, ONE_ROUND))))
    return sum(taken)


async def _backlog(queue: TaskQueue, poller: Poller, upstream: Upstream) -> int:
    request = DescribeTaskQueueRequest(
        namespace=poller.namespace,
        task_queue=queue,
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        include_task_queue_status=True,
    )
    answer = await ask(upstream, "DescribeTaskQueue", request, DescribeTaskQueueResponse)
    return 0 if isinstance(answer, Answer) else answer.task_queue_status.backlog_count_hint


async def _take(queue: TaskQueue, poller: Poller, upstream: Upstream) -> bool:
    request = PollWorkflowTaskQueueRequest(namespace=poller.namespace, task_queue=queue, identity=IDENTITY)
    answer = await ask(
        upstream, "PollWorkflowTaskQueue", request, PollWorkflowTaskQueueResponse, seconds=POLL_SECONDS
    )
    if isinstance(answer, Answer) or not answer.task_token:
        return False
    key = PollKey("", poller.namespace, poller.queue, sticky=False, versions=b"", group="")
    task = HeldTask(Kind.WORKFLOW, answer.task_token, key, WorkerDeploymentOptions(), attempt=answer.attempt)
    await fail_workflow_task(task, upstream)
    return True
