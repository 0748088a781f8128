"""A worker that logs wherever code of ours runs, and whose errors say what no trace may hold.

`python -m tests.integration.traced_worker` works; with the argument `start` it starts its workflow.
"""

import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from temporal.cli.session import with_temporal
    from temporal.command_line import DONE, leave
    from temporal.config import Settings, load_settings
    from temporal.logs import set_up_logs
    from temporal.workers.registration import Registered
    from temporal.workers.serving import serve

CANARY = "canary-of-an-error"


@activity.defn
def says_in_a_thread() -> None:
    """Logs where most activities run."""
    activity.logger.warning("said in a thread")


@activity.defn
async def says_in_the_loop() -> None:
    """Logs on the event loop, and fails."""
    activity.logger.warning("said in the loop")
    raise ApplicationError(f"the activity: {CANARY}", non_retryable=True)


@workflow.defn
class Says:
    """Logs, runs both, and fails."""

    @workflow.run
    async def run(self) -> None:
        """Fails always."""
        workflow.logger.warning("said in the workflow")
        limit = timedelta(seconds=10)
        await workflow.execute_activity(says_in_a_thread, start_to_close_timeout=limit)
        try:
            await workflow.execute_activity(says_in_the_loop, start_to_close_timeout=limit)
        except ActivityError as error:
            raise ApplicationError(f"the workflow: {CANARY}", type="Said") from error


async def start(client: Client, settings: Settings) -> int:
    """Starts the workflow."""
    queue = settings.worker.task_queue
    await client.start_workflow(Says.run, id=f"{queue}-says", task_queue=queue)
    return DONE


def main() -> int:
    """Works, or starts the workflow."""
    if sys.argv[1:] == ["start"]:
        return with_temporal(start)
    settings = load_settings()
    set_up_logs(settings.log)
    registered = Registered([Says], lambda _: [says_in_a_thread, says_in_the_loop])
    return asyncio.run(serve(settings, registered=registered))


if __name__ == "__main__":
    leave(main())
