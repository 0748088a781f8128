"""`scripts/start_workflow.py`: starts a workflow and waits for its end, or leaves it to itself."""

import sys
import uuid
from typing import Annotated

import typer
from temporalio.client import Client

from temporal.cli.json_input import read_object
from temporal.cli.lookup import APPROVAL, DEMO
from temporal.cli.options import AsJson, check_name, new_app
from temporal.cli.outcome import COMPLETED
from temporal.cli.output import clean, print_facts
from temporal.cli.session import with_temporal
from temporal.cli.starting import Start, start_once
from temporal.cli.typed_input import build_input
from temporal.cli.waiting import wait_for_end
from temporal.command_line import DONE, FAILED, CommandError
from temporal.config import Settings
from temporal.messages.approval import ApprovalRequest
from temporal.messages.durable_demo import DurableDemoInput

MAX_NEW_ID_CHARACTERS = 255
"""Longest id of a new workflow, in characters: what Temporal recommends on SQL databases."""

app = new_app("Start a workflow. The same --id is never started twice: a run that goes on is joined.")

Id = Annotated[
    str | None, typer.Option("--id", help="The workflow's id; by default a new one.", show_default=False)
]
Input = Annotated[
    str | None,
    typer.Option(
        "--input", metavar="FILE|JSON|-", help="The input's fields as a JSON object; other options win."
    ),
]
Wait = Annotated[bool, typer.Option("--wait/--detach", help="Wait for the end, or return at once.")]


@app.command("durable-demo")
def durable_demo(
    sleep_seconds: Annotated[
        float | None, typer.Option(help="The durable sleep's length. [default: 5]")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the run is called. [default: demo]")] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps before the sleep and after it. [default: 1]")
    ] = None,
    work_units: Annotated[int | None, typer.Option(help="Units of long work. [default: 0]")] = None,
    work_unit_seconds: Annotated[
        float | None, typer.Option(help="How long one unit takes. [default: 0.2]")
    ] = None,
    workflow_id: Id = None,
    source: Input = None,
    wait: Wait = True,
    as_json: AsJson = False,
) -> int:
    """Start a DurableDemoWorkflow: steps, long work, a durable sleep, steps again."""
    options = {
        "name": name,
        "sleep_seconds": sleep_seconds,
        "steps": steps,
        "work_units": work_units,
        "work_unit_seconds": work_unit_seconds,
    }
    message = build_input(DurableDemoInput, source, options)
    summary = f"{message.name}: {message.steps} steps, sleep of {message.sleep_seconds:g} s, as many steps"
    return _run(Start(DEMO, _id(workflow_id, "durable-demo"), message, summary), wait, as_json)


@app.command("approval")
def approval(
    title: Annotated[str | None, typer.Option(help="What is to be approved.", show_default=False)] = None,
    requester: Annotated[str | None, typer.Option(help="Who asks.", show_default=False)] = None,
    details: Annotated[
        str | None, typer.Option(metavar="FILE|JSON|-", help="What the approver needs to see: a JSON object.")
    ] = None,
    timeout_seconds: Annotated[
        float | None, typer.Option(help="After how long it is decided by itself. [default: never]")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE|JSON|-", help="Who may decide, quorum, reminders: a JSON object."),
    ] = None,
    workflow_id: Id = None,
    source: Input = None,
    wait: Wait = True,
    as_json: AsJson = False,
) -> int:
    """Start an ApprovalWorkflow: it waits for send_signal.py approve or reject."""
    options = {
        "title": title,
        "requester": requester,
        "details": read_object("--details", details) if details is not None else None,
        "timeout_seconds": timeout_seconds,
        "policy": read_object("--policy", policy) if policy is not None else None,
    }
    message = build_input(ApprovalRequest, source, options)
    summary = f"{message.title}, asked by {message.requester}"
    return _run(Start(APPROVAL, _id(workflow_id, "approval"), message, summary), wait, as_json)


def _id(given: str | None, prefix: str) -> str:
    if given is None:
        return f"{prefix}-{uuid.uuid4().hex[:8]}"
    return check_name("--id", given, limit=MAX_NEW_ID_CHARACTERS)


def _run(start: Start, wait: bool, as_json: bool) -> int:
    return with_temporal(lambda client, settings: run(client, settings, start, wait, as_json))


async def run(client: Client, settings: Settings, start: Start, wait: bool, as_json: bool) -> int:
    """Starts the workflow, waits for its end if asked to, and prints what came of it.

    Raises:
        CommandError: It cannot be started, did not complete, or Ctrl-C ended the wait.
        RPCError, TimeoutError: The server refuses or does not answer.
    """
    started = await start_once(client, start, settings.worker.task_queue)
    facts: dict[str, object] = {
        "workflow_id": started.workflow_id,
        "run_id": started.run_id,
        "already_running": started.joined,
    }
    found = "is running already; that run is used, with its own input" if started.joined else "started"
    print(f"{clean(started.workflow_id)} {found}", file=sys.stderr, flush=True)
    if not wait:
        print_facts(facts | {"status": "RUNNING"}, as_json=as_json)
        return DONE
    end = await wait_for_end(client, started.workflow_id, started.run_id)
    if end.status == COMPLETED:
        print_facts(facts | {"status": end.status, "result": end.result}, as_json=as_json)
        return DONE
    if as_json:
        print_facts(facts | {"status": end.status, "cause": end.cause}, as_json=True)
    raise CommandError(f"workflow {clean(started.workflow_id)!r} {end.status}: {end.cause}", FAILED)
