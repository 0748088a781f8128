"""The worker, as a user of Temporal's Python SDK writes it; variables say how it differs between tests."""

import asyncio
import os
import signal
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker, WorkerDeploymentConfig

from temporal.workers.readiness import wait_until_polling
from tests.integration.recovery_cases import activities, workflows
from tests.integration.recovery_cases.counter import Counter
from tests.integration.recovery_cases.marks import die_once, first
from tests.integration.recovery_cases.nexus import DeskHandler

WORKFLOWS = [
    workflows.Dies,
    workflows.RunsActivity,
    workflows.RunsLocally,
    workflows.Parent,
    workflows.Continues,
    workflows.CallsNexus,
    Counter,
]


def stages() -> list[str]:
    """Returns the stages of its start at which the worker is to die."""
    return os.environ.get("CASES_DIE_AT", "").split(",")


def die_while_starting(stage: str) -> None:
    """Dies at a stage, once for each of the supervisor's slots, where the test asks for it."""
    if stage in stages():
        die_once(f"{stage}-{os.environ['RECOVERY_SLOT']}")


def be_the_last() -> None:
    """Never starts in a slot whose first worker is dead, where the test wants the standby to be alone."""
    if "CASES_NO_SUCCESSOR" in os.environ and not first(f"slot-{os.environ['RECOVERY_SLOT']}"):
        signal.pause()


def deployment() -> WorkerDeploymentConfig | None:
    """Returns the version that the worker belongs to; its workflows stay with it."""
    if not (build := os.environ.get("CASES_BUILD_ID")):
        return None
    version = WorkerDeploymentVersion(deployment_name=os.environ["TASK_QUEUE"], build_id=build)
    return WorkerDeploymentConfig(version, True, VersioningBehavior.PINNED)


async def main() -> None:
    """Connects, and works until it is killed."""
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    die_while_starting("connected")
    worker = Worker(
        client,
        task_queue=os.environ["TASK_QUEUE"],
        workflows=WORKFLOWS,
        activities=[*activities.ACTIVITIES, activities.Starter(client).start_eagerly],
        nexus_service_handlers=[DeskHandler()],
        max_cached_workflows=int(os.environ.get("CASES_MAX_CACHED", "1000")),
        # As the SDK has them, or the fewest: one for the sticky queue and one for the normal one.
        max_concurrent_workflow_task_polls=int(os.environ.get("CASES_WORKFLOW_POLLS", "5")),
        max_concurrent_activity_task_polls=int(os.environ.get("CASES_ACTIVITY_POLLS", "5")),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=60),
        deployment_config=deployment(),
    )
    async with worker:
        if "polling" in stages():
            await wait_until_polling(client, worker.task_queue, client.identity)
            die_while_starting("polling")
        await asyncio.Event().wait()


if __name__ == "__main__":
    be_the_last()
    die_while_starting("imported")
    asyncio.run(main())
