"""`scripts/send_signal.py`: decides an approval, or sends any signal to any workflow."""

from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from temporal.cli.json_input import parse_json
from temporal.cli.lookup import APPROVAL, described_running
from temporal.cli.options import AsJson, WorkflowId, check_name, new_app
from temporal.cli.output import clean, print_facts
from temporal.cli.rpc_errors import ask, is_unknown_workflow
from temporal.cli.session import with_temporal
from temporal.client import check_size
from temporal.command_line import DONE, FAILED, USAGE, CommandError
from temporal.messages.decision import signal_problems

app = new_app("Send a signal to a running workflow.")

Approver = Annotated[str, typer.Option(help="Who decides.", show_default=False)]
Comment = Annotated[str, typer.Option(help="Why.")]


@app.command()
def approve(
    workflow_id: WorkflowId, approver: Approver, comment: Comment = "", as_json: AsJson = False
) -> int:
    """Approve what an ApprovalWorkflow asks for."""
    return _decide(workflow_id, "approve", {"approver": approver, "comment": comment}, as_json)


@app.command()
def reject(
    workflow_id: WorkflowId, approver: Approver, comment: Comment = "", as_json: AsJson = False
) -> int:
    """Reject what an ApprovalWorkflow asks for."""
    return _decide(workflow_id, "reject", {"approver": approver, "comment": comment}, as_json)


@app.command()
def raw(
    workflow_id: WorkflowId,
    signal: Annotated[str, typer.Argument(metavar="SIGNAL", help="The signal's name.")],
    payload: Annotated[str | None, typer.Option(metavar="JSON", help="Its one argument, if any.")] = None,
    as_json: AsJson = False,
) -> int:
    """Send any signal to a workflow of any type."""
    check_name("WORKFLOW_ID", workflow_id)
    check_name("SIGNAL", signal)
    arguments = [] if payload is None else [parse_json("--payload", payload)]
    return _send(workflow_id, signal, arguments, as_json)


def _decide(workflow_id: str, signal: str, payload: dict[str, object], as_json: bool) -> int:
    check_name("WORKFLOW_ID", workflow_id)
    if problems := signal_problems([payload]):
        raise CommandError(clean("; ".join(problems)), USAGE)
    return _send(workflow_id, signal, [payload], as_json, APPROVAL)


def _send(
    workflow_id: str, signal: str, arguments: list[object], as_json: bool, expected: str | None = None
) -> int:
    async def command(client: Client, _: object) -> int:
        run_id = await send(client, workflow_id, signal, arguments, expected)
        facts = {"workflow_id": workflow_id, "run_id": run_id, "signal": signal, "sent": True}
        print_facts(facts, as_json=as_json)
        return DONE

    return with_temporal(command)


async def send(
    client: Client, workflow_id: str, signal: str, arguments: list[object], expected: str | None = None
) -> str:
    """Sends a signal once the server has said that somebody is there to take it.

    Args:
        client: A connection to Temporal.
        workflow_id: Whom to.
        signal: The signal's name.
        arguments: Its arguments.
        expected: The type that the workflow must have; None takes any.

    Returns:
        The run that it was sent to.

    Raises:
        CommandError: No such workflow, it has ended or is of another type (exit code 1), or the arguments
            are too large (2).
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    await check_size(client, "payload", *arguments)
    found = await described_running(client, workflow_id)
    if expected is not None and found.workflow_type != expected:
        raise CommandError(
            f"workflow {clean(workflow_id)!r} is a {clean(found.workflow_type)}, not an {expected}", FAILED
        )
    handle = client.get_workflow_handle(workflow_id)
    try:
        await ask(handle.signal(signal, args=arguments))
    except RPCError as error:
        if is_unknown_workflow(error):  # it has ended since it was described: say how
            await described_running(client, workflow_id)
        raise
    return found.run_id
