"""Starts a workflow at most once: an id whose run goes on is joined, one whose run has ended is refused."""

import asyncio
import shlex
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from temporal.cli.lookup import described, state
from temporal.cli.output import clean
from temporal.cli.rpc_errors import ask
from temporal.cli.typed_input import InputMessage
from temporal.client import check_size
from temporal.command_line import FAILED, CommandError


@dataclass(frozen=True)
class Start:
    """What is to be started.

    Attributes:
        workflow_type: The workflow's type.
        workflow_id: Its id.
        message: Its input, checked.
        summary: One line for the Temporal UI.
    """

    workflow_type: str
    workflow_id: str
    message: InputMessage
    summary: str


@dataclass(frozen=True)
class Started:
    """The run that now goes on under the id, and whether it did so before."""

    workflow_id: str
    run_id: str
    joined: bool


async def start_once(client: Client, start: Start, task_queue: str) -> Started:
    """Starts the workflow, or finds the run that goes on under its id already.

    Raises:
        CommandError: The id's run has ended or is of another type, Ctrl-C came first (exit code 1), or the
            input is too large (2).
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    await check_size(client, "input", start.message)
    try:
        # FAIL and not USE_EXISTING: the server decides as atomically, and tells which of both it was.
        handle = await ask(
            client.start_workflow(
                start.workflow_type,
                start.message,
                id=start.workflow_id,
                task_queue=task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=start.summary,
            )
        )
    except WorkflowAlreadyStartedError:
        return await _join(client, start)
    except asyncio.CancelledError:
        raise CommandError(
            "interrupted, perhaps after the start: "
            f"python scripts/workflow_status.py {shlex.quote(start.workflow_id)}",
            FAILED,
        ) from None
    return Started(start.workflow_id, handle.result_run_id or "", joined=False)


async def _join(client: Client, start: Start) -> Started:
    found = await described(client, start.workflow_id)
    name = clean(start.workflow_id)
    if found.close_time is not None:
        raise CommandError(
            f"workflow {name!r} has run already and ended ({state(found)}); choose another --id", FAILED
        )
    if found.workflow_type != start.workflow_type:
        raise CommandError(
            f"workflow {name!r} is running already, as {clean(found.workflow_type)}; choose another --id",
            FAILED,
        )
    return Started(start.workflow_id, found.run_id, joined=True)
