"""`scripts/cancel_workflow.py`: asks a workflow to end as canceled, and shows how it ended."""

from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from temporal.cli.lookup import described_running
from temporal.cli.options import AsJson, WorkflowId, check_name, new_app
from temporal.cli.outcome import CANCELED, COMPLETED
from temporal.cli.output import clean, print_facts
from temporal.cli.rpc_errors import ask
from temporal.cli.session import with_temporal
from temporal.cli.status_query import ask_status
from temporal.cli.waiting import wait_for_end
from temporal.command_line import DONE, FAILED, CommandError

app = new_app("")

Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end, or return at once.")]


@app.command()
def main(workflow_id: WorkflowId, wait: Wait = True, as_json: AsJson = False) -> int:
    """Request a workflow's cancellation; exit code 0 when it has ended as canceled."""
    check_name("WORKFLOW_ID", workflow_id)
    return with_temporal(lambda client, _: cancel(client, workflow_id, wait, as_json))


async def cancel(client: Client, workflow_id: str, wait: bool, as_json: bool) -> int:
    """Requests the cancellation, waits for the end if asked to, and prints it.

    Raises:
        CommandError: No such workflow, it has ended, it did not end as canceled, or Ctrl-C (exit code 1).
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    found = await described_running(client, workflow_id)
    # This run and what continues it: should the id be started anew meanwhile, the new one was not meant.
    first = found.raw_info.first_run_id or found.run_id
    await ask(client.get_workflow_handle(workflow_id, first_execution_run_id=first).cancel())
    facts: dict[str, object] = {"workflow_id": workflow_id, "run_id": found.run_id, "cancel_requested": True}
    if not wait:
        print_facts(facts, as_json=as_json)
        return DONE
    end = await wait_for_end(client, workflow_id, found.run_id, "stays asked to cancel")
    facts |= {"status": end.status, "detail": await _detail(client, workflow_id, found.run_id)}
    if end.status == CANCELED:
        print_facts(facts, as_json=as_json)
        return DONE
    if as_json:
        print_facts(facts, as_json=True)
    why = "the cancellation came too late" if end.status == COMPLETED else end.cause
    raise CommandError(f"workflow {clean(workflow_id)!r} was not canceled but {end.status}: {why}", FAILED)


async def _detail(client: Client, workflow_id: str, run_id: str) -> object:
    """Returns what the workflow itself says of its end; None when no worker is there to ask."""
    try:
        answer = await ask_status(client.get_workflow_handle(workflow_id, run_id=run_id))
    except RPCError:
        return None
    return (answer.status or {}).get("detail")
