"""Takes back what already lies on a dead worker's sticky queue.

`ShutdownWorker` keeps the server from putting further tasks there, but does not move these: each would wait
for its schedule-to-start timeout. It happens when a dead worker's last answer brings about another task.
"""

import asyncio

from temporalio.api.enums.v1 import TaskQueueKind, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
)

from temporal.recovery import reading
from temporal.recovery.give_back import IDENTITY
from temporal.recovery.held import HeldTask, Poller, PollKey
from temporal.recovery.http2.answer import Answer
from temporal.recovery.upstream import Upstream, ask

POLL_SECONDS = 3.0
"""Deadline of a poll for what lies there, in seconds; below 2 the server refuses it."""

ONE_ROUND = 20
"""How many are taken before the queue is looked at again."""


async def backlog(poller: Poller, upstream: Upstream) -> int:
    """Returns how many tasks lie on a worker's sticky queue; to look does not make it seem alive."""
    if not poller.sticky_queue:
        return 0
    request = DescribeTaskQueueRequest(
        namespace=poller.namespace,
        task_queue=_queue(poller),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        include_task_queue_status=True,
    )
    answer = await ask(upstream, "DescribeTaskQueue", request, DescribeTaskQueueResponse)
    return 0 if isinstance(answer, Answer) else answer.task_queue_status.backlog_count_hint


async def take_back(poller: Poller, upstream: Upstream, count: int) -> list[HeldTask]:
    """Takes up to `count` tasks from a dead worker's sticky queue, to be given back.

    For the server this makes the queue look alive: `ShutdownWorker` must follow.
    """
    found = await asyncio.gather(*(_take(poller, upstream) for _ in range(min(count, ONE_ROUND))))
    return [task for task in found if task is not None]


def _queue(poller: Poller) -> TaskQueue:
    return TaskQueue(
        name=poller.sticky_queue, kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=poller.queue
    )


async def _take(poller: Poller, upstream: Upstream) -> HeldTask | None:
    request = PollWorkflowTaskQueueRequest(
        namespace=poller.namespace, task_queue=_queue(poller), identity=IDENTITY
    )
    answer = await ask(
        upstream,
        "PollWorkflowTaskQueue",
        request,
        PollWorkflowTaskQueueResponse,
        seconds=POLL_SECONDS,
        patience=0,
    )
    if isinstance(answer, Answer):
        return None
    key = poller.sticky or PollKey(
        reading.WORKFLOW_POLL,
        poller.namespace,
        poller.sticky_queue,
        sticky=True,
        versions=b"",
        group="",
        normal_name=poller.queue,
    )
    return reading.task_for_another(key, answer.SerializeToString())
