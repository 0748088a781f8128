"""Waits for a run's end through anything: dead workers, an engine that restarts, months of silence."""

import asyncio
import shlex

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue
from temporalio.service import RPCError

from temporal.cli.lookup import Handle
from temporal.cli.outcome import COMPLETED, End, end_by
from temporal.cli.output import clean
from temporal.cli.payloads import plain_value
from temporal.cli.progress import Progress
from temporal.cli.rpc_errors import NO_ANSWER, ask
from temporal.cli.status_query import ask_status
from temporal.command_line import FAILED, CommandError

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""Seconds between two looks at the status: doubled while nothing changes. The end is told by the server."""

DESCRIBE_SECONDS = 2.0
"""How long the server may take to describe a run while a script waits, in seconds; 0.01 when it is well."""

OUTAGE_PAUSE = 1.0
"""Pause before the server is asked again after it could not be reached, in seconds."""


async def wait_for_end(client: Client, workflow_id: str, run_id: str, what_stays: str = "goes on") -> End:
    """Waits until a run has ended and shows meanwhile where it is. There is no limit: Ctrl-C stops waiting.

    Args:
        client: A connection to Temporal.
        workflow_id: The workflow.
        run_id: The run; those that follow it by a retry or continue-as-new belong to it.
        what_stays: What is true of the workflow after Ctrl-C, for the message.

    Raises:
        CommandError: Ctrl-C (exit code 1).
        RPCError: The server refuses, or does not know the workflow any more.
    """
    latest: Handle = client.get_workflow_handle(workflow_id)
    with Progress(workflow_id) as progress:
        looking = asyncio.create_task(_look(latest, progress))
        try:
            return await _end(client, workflow_id, run_id)
        except asyncio.CancelledError:
            raise CommandError(
                f"stopped waiting; {clean(workflow_id)} {what_stays}: "
                f"python scripts/workflow_status.py {shlex.quote(clean(workflow_id))}",
                FAILED,
            ) from None
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def _end(client: Client, workflow_id: str, run_id: str) -> End:
    # A handle of our own, because only one with a run id and a result type waits for a run of any type.
    handle = client.get_workflow_handle(workflow_id, run_id=run_id, result_type=RawValue)
    while True:
        try:
            raw = await handle.result()
            return End(COMPLETED, plain_value(raw.payload) if raw else None)
        except WorkflowFailureError as error:
            return end_by(error)
        except RPCError as error:
            if error.status not in NO_ANSWER:
                raise
            await asyncio.sleep(OUTAGE_PAUSE)


async def _look(handle: Handle, progress: Progress) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            answer = await ask_status(handle)
            if answer.worker_silent:
                await ask(handle.describe(), DESCRIBE_SECONDS)  # else it is the server that is silent
            if answer.status is not None:
                changed = progress.show(answer.status)
            else:
                changed = progress.trouble(answer.problem)
        except (RPCError, TimeoutError) as error:
            refused = isinstance(error, RPCError) and error.status not in NO_ANSWER
            changed = progress.trouble(str(error) if refused else "Temporal does not answer; trying again")
        pause = FIRST_PAUSE if changed else min(pause * 2, LONGEST_PAUSE)
        await asyncio.sleep(pause)
