"""Which workflow an id means: one that runs, one that has ended, or none at all."""

from typing import Any

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowHandle
from temporalio.service import RPCError

from temporal.cli.output import clean
from temporal.cli.rpc_errors import ask, is_unknown_workflow
from temporal.command_line import FAILED, CommandError

Handle = WorkflowHandle[Any, Any]

DEMO, APPROVAL = "DurableDemoWorkflow", "ApprovalWorkflow"
"""The workflows' types, by name: a script needs none of what their modules import."""


async def described(client: Client, workflow_id: str) -> WorkflowExecutionDescription:
    """Returns what the server knows of the latest run.

    Raises:
        CommandError: No such workflow (exit code 1).
        RPCError, TimeoutError: Another answer, or none.
    """
    try:
        return await ask(client.get_workflow_handle(workflow_id).describe())
    except RPCError as error:
        if is_unknown_workflow(error):
            raise CommandError(
                f"no workflow {clean(workflow_id)!r} in namespace {clean(client.namespace)!r}", FAILED
            ) from error
        raise


async def described_running(client: Client, workflow_id: str) -> WorkflowExecutionDescription:
    """Returns what the server knows of a run that has not ended.

    Raises:
        CommandError: No such workflow, or it has ended (exit code 1).
        RPCError, TimeoutError: Another answer, or none.
    """
    found = await described(client, workflow_id)
    if found.close_time is not None:
        raise CommandError(f"workflow {clean(workflow_id)!r} has ended already ({state(found)})", FAILED)
    return found


def state(found: WorkflowExecutionDescription) -> str:
    """Returns a run's status as Temporal calls it, such as RUNNING."""
    return found.status.name if found.status else "UNKNOWN"
