"""The least that a worker of the SDK is: one empty workflow, one empty activity, no settings."""

import asyncio
import os

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker


@workflow.defn
class Empty:
    """Does nothing."""

    @workflow.run
    async def run(self) -> None:
        """Ends at once."""


@activity.defn
async def empty() -> None:
    """Ends at once."""


async def main() -> None:
    """Polls until it is killed."""
    identity = f"bare@here/{os.getpid()}-"
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], identity=identity)
    await Worker(client, task_queue="default", workflows=[Empty], activities=[empty]).run()


if __name__ == "__main__":
    asyncio.run(main())
