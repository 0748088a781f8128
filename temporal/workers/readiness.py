"""When a worker is ready: once the server lists it as a poller of both its task queues."""

import asyncio

from temporalio.api.enums.v1 import DescribeTaskQueueMode, TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

CHECK_SECONDS = 0.02
"""Pause between two looks, in seconds: one local call takes a few milliseconds."""

POLLED = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)


async def pollers(client: Client, task_queue: str, kind: TaskQueueType.ValueType) -> set[str]:
    """Returns the identities that poll a task queue now or did in the server's last minutes.

    The server divides a queue into partitions, and a worker with few polls may miss the one that it asks by
    default. Asked in the enhanced mode it asks them all, but may answer as of 5 s ago; so both are asked.

    Raises:
        RPCError: The server refuses or does not answer.
    """
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
    )
    found = list((await client.workflow_service.describe_task_queue(request)).pollers)
    request.api_mode = DescribeTaskQueueMode.DESCRIBE_TASK_QUEUE_MODE_ENHANCED
    request.task_queue_type = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW  # the mode's rule: the types come below
    request.task_queue_types.append(kind)
    request.report_pollers = True
    for version in (await client.workflow_service.describe_task_queue(request)).versions_info.values():
        for types in version.types_info.values():
            found.extend(types.pollers)
    return {poller.identity for poller in found}


async def wait_until_polling(client: Client, task_queue: str, identity: str) -> None:
    """Returns once `identity`, unique to one process, polls for workflow and for activity tasks.

    Raises:
        RPCError: The server refuses or does not answer.
    """
    missing = set(POLLED)
    while missing := {kind for kind in missing if identity not in await pollers(client, task_queue, kind)}:
        await asyncio.sleep(CHECK_SECONDS)
