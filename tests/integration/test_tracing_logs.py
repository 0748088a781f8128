"""The logs of workflows and activities carry the ids of their trace, which has no word of their errors."""

import asyncio
import subprocess
import sys

import pytest
from temporalio.client import WorkflowFailureError

from temporal.chaos.observation import Handle
from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.integration.script_process import FOLDER
from tests.integration.traced_demos import scripts_of
from tests.integration.traced_worker import CANARY
from tests.integration.worker_logs import json_lines
from tests.otlp_receiver import Receiver

pytest_plugins = ["tests.tracing_fixtures"]

COMMAND = (sys.executable, "-m", "tests.integration.traced_worker")


async def test_every_log_line_of_a_workflow_and_its_activities_names_their_trace(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    worker = await target.start_worker({**traced, "PYTHONPATH": str(FOLDER.parent)}, command=COMMAND)
    environment = scripts_of(target, {**traced, "PYTHONPATH": str(FOLDER.parent)}).environment
    starting = await asyncio.to_thread(
        subprocess.run, [*COMMAND, "start"], env=environment, cwd=target.folder, check=False
    )
    assert starting.returncode == 0
    handle: Handle = target.client.get_workflow_handle(f"{target.task_queue}-says")
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    await receiver.received("CompleteWorkflow:Says")

    [started] = receiver.named("StartWorkflow:Says")
    [in_a_thread] = receiver.named("RunActivity:says_in_a_thread")
    [in_the_loop] = receiver.named("RunActivity:says_in_the_loop")
    said = {
        line["message"]: (line.get("trace_id"), line.get("span_id"))
        for line in json_lines(worker.log)
        if str(line["message"]).startswith("said")
    }
    assert said == {
        "said in the workflow": (started.trace_id, started.span_id),
        "said in a thread": (started.trace_id, in_a_thread.span_id),
        "said in the loop": (started.trace_id, in_the_loop.span_id),
    }
    [ready] = [line for line in json_lines(worker.log) if line["message"] == "ready"]
    assert "trace_id" not in ready
    assert "ApplicationError" in receiver.text()
    assert CANARY not in receiver.text()


async def test_a_signal_s_handling_is_in_the_workflow_s_trace_and_links_to_the_script_s(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    await target.start_worker(traced)
    scripts = scripts_of(target, traced)
    approval = f"{target.task_queue}-approval"
    title = ("--title", f"the {CANARY}", "--requester", "ana")
    await asyncio.to_thread(scripts.facts, "start_workflow", "approval", *title, "--id", approval, "--detach")
    comment = ("--approver", "bob", "--comment", CANARY)
    await asyncio.to_thread(scripts.facts, "send_signal", "approve", approval, *comment)
    await receiver.received("CompleteWorkflow:ApprovalWorkflow")
    [started] = receiver.named("StartWorkflow:ApprovalWorkflow")
    [sent] = receiver.named("SignalWorkflow:approve")
    [handled] = receiver.named("HandleSignal:approve")
    assert started.service == sent.service == "durable-workflows-cli"
    assert handled.trace_id == started.trace_id != sent.trace_id
    assert handled.links == (sent.trace_id,)
    assert CANARY not in receiver.text()
