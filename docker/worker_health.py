"""Exit code 0 when this container's worker polls: the worker image's health check.

The server's list of pollers still names the dead of the last minutes, so only a poll younger than the
container's first process counts. A worker polls again at least once a minute.
"""

import asyncio
import platform
from datetime import UTC, datetime

import psutil
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from temporal.client import connect
from temporal.command_line import FAILED, leave
from temporal.config import load_settings
from temporal.workers.readiness import POLLED

PATIENCE_SECONDS = 5.0
"""How long to try to connect, in seconds; below the health check's timeout."""


async def polls() -> bool:
    """Returns whether this container's worker polls for workflow tasks and for activity tasks.

    Raises:
        CommandError: Temporal cannot be reached.
    """
    settings = load_settings()
    started = datetime.fromtimestamp(psutil.Process(1).create_time(), UTC)
    client = await connect(settings.connection, patience=PATIENCE_SECONDS)
    for kind in POLLED:
        described = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=settings.worker.task_queue),
                task_queue_type=kind,
            )
        )
        if not any(
            f"@{platform.node()}/" in poller.identity
            and poller.last_access_time.ToDatetime(tzinfo=UTC) >= started
            for poller in described.pollers
        ):
            return False
    return True


if __name__ == "__main__":
    leave(0 if asyncio.run(polls()) else FAILED)
