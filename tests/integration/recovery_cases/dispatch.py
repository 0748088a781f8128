"""Stops a task queue from giving out activities, and lets it go on."""

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.workflowservice.v1 import UpdateTaskQueueConfigRequest
from temporalio.client import Client


async def dispatch(client: Client, queue: str, per_second: float) -> None:
    """Sets how many activities a second the server gives out; what comes eagerly does not count."""
    request = UpdateTaskQueueConfigRequest(
        namespace=client.namespace,
        identity="test",
        task_queue=queue,
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    request.update_queue_rate_limit.reason = "test"
    request.update_queue_rate_limit.rate_limit.requests_per_second = per_second
    request.update_queue_rate_limit.rate_limit.SetInParent()
    await client.workflow_service.update_task_queue_config(request)
