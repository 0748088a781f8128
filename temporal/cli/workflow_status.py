"""`scripts/workflow_status.py`: where a workflow is, by its own word or by what the server knows."""

from typing import Annotated

import typer
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import Client, WorkflowExecutionDescription

from temporal.cli import run_facts
from temporal.cli.lookup import described, state
from temporal.cli.options import AsJson, WorkflowId, check_name, new_app
from temporal.cli.output import print_facts
from temporal.cli.rpc_errors import ask
from temporal.cli.session import with_temporal
from temporal.cli.status_query import QUERY_SECONDS, Answer, ask_status
from temporal.command_line import DONE
from temporal.workers.readiness import pollers

app = new_app("")

Timeout = Annotated[
    float, typer.Option(min=0.1, max=60, help="How long to wait for a worker's answer, in seconds.")
]


@app.command()
def main(workflow_id: WorkflowId, timeout: Timeout = QUERY_SECONDS, as_json: AsJson = False) -> int:
    """Show where a workflow of any type is; without a worker, what describe and the history know."""
    check_name("WORKFLOW_ID", workflow_id)

    async def command(client: Client, _: object) -> int:
        print_facts(await status(client, workflow_id, timeout), as_json=as_json)
        return DONE

    return with_temporal(command)


async def status(client: Client, workflow_id: str, seconds: float = QUERY_SECONDS) -> dict[str, object]:
    """Returns everything that can be said of a workflow's latest run.

    Args:
        client: A connection to Temporal.
        workflow_id: The workflow.
        seconds: How long to wait for a worker's answer to the query.

    Raises:
        CommandError: No such workflow (exit code 1).
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    found = await described(client, workflow_id)
    answer = await ask_status(client.get_workflow_handle(workflow_id, run_id=found.run_id), seconds)
    facts: dict[str, object] = {
        "workflow_id": found.id,
        "run_id": found.run_id,
        "type": found.workflow_type,
        "state": state(found),
        "task_queue": found.task_queue,
        "started": found.start_time.isoformat(),
        "ended": found.close_time.isoformat() if found.close_time else None,
        "status": answer.status,
        "no_status": answer.problem or None,
        "pending_activities": await run_facts.pending_activities(client, found),
        "pending_workflow_task": run_facts.workflow_task(found),
    }
    if found.close_time is not None:
        end = await run_facts.end_of(client, found.id, found.run_id)
        facts |= {"result": end.result, "cause": end.cause or None}
    elif answer.status is None:
        facts["pending_timers"] = await run_facts.pending_timers(client, found.id, found.run_id)
    if answer.worker_silent:
        facts |= await _workers(client, found, answer)
    return facts


async def _workers(client: Client, found: WorkflowExecutionDescription, answer: Answer) -> dict[str, object]:
    """Says whether anybody polls; the server lists who did within its last minutes, the dead included."""
    polling = sorted(await ask(pollers(client, found.task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)))
    if polling:
        words = f"{len(polling)} polled {found.task_queue!r} in the last minutes, but: {answer.problem}"
    else:
        words = f"no worker polls {found.task_queue!r}; start one: python -m temporal.workers.worker"
    return {"workers": words, "pollers": polling}
