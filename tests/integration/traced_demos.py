"""Demos that a traced script starts, and the spans that each must have: once, whatever becomes of workers."""

import asyncio
from collections import Counter
from typing import Any

from temporalio.client import WorkflowHandle

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.script_process import Scripts
from tests.otlp_receiver import Receiver

Demo = WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]

STARTED = "StartWorkflow:DurableDemoWorkflow"
COMPLETED = "CompleteWorkflow:DurableDemoWorkflow"


def scripts_of(target: EmbeddedTarget, variables: dict[str, str]) -> Scripts:
    """Returns the scripts with variables of their own, on a target."""
    environment = worker_environment(target.engine.address, target.folder)
    return Scripts(environment | {"TASK_QUEUE": target.task_queue} | variables, target.folder)


async def start_traced(
    target: EmbeddedTarget, variables: dict[str, str], request: DurableDemoInput, name: str = "demo"
) -> Demo:
    """Starts a demo by the script."""
    options: dict[str, Any] = {
        "--steps": request.steps,
        "--sleep-seconds": request.sleep_seconds,
        "--work-units": request.work_units,
        "--work-unit-seconds": request.work_unit_seconds,
    }
    words = [str(word) for option in options.items() for word in option]
    facts = await asyncio.to_thread(
        scripts_of(target, variables).facts,
        *("start_workflow", "durable-demo", "--id", f"{target.task_queue}-{name}", "--detach", *words),
    )
    return target.client.get_workflow_handle(facts["workflow_id"], result_type=DurableDemoResult)


def spans_of(request: DurableDemoInput) -> Counter[str]:
    """Returns how often each span occurs in the trace of a demo."""
    calls = {"log_event": 2, "process_step": 2 * request.steps, "long_running_task": bool(request.work_units)}
    expected = Counter({STARTED: 1, "RunWorkflow:DurableDemoWorkflow": 1, COMPLETED: 1})
    for activity, times in calls.items():
        expected[f"StartActivity:{activity}"] = expected[f"RunActivity:{activity}"] = int(times)
    return +expected


async def trace_of(receiver: Receiver, demo: Demo) -> str:
    """Waits until a demo's last span has come and returns its trace."""

    def last() -> list[str]:
        return [
            span.trace_id
            for span in receiver.named(COMPLETED)
            if span.attributes["temporalWorkflowID"] == demo.id
        ]

    while not last():
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.2)  # what came twice would come in a later batch
    [trace_id] = last()
    return trace_id
