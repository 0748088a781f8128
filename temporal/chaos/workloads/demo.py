"""The demo workflow: steps, long-running work, a sleep, steps."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from temporal.chaos.run import Live, Run
from temporal.chaos.targets.target import Target
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.workers.registration import WORKFLOWS
from temporal.workflows.durable_demo import DurableDemoWorkflow

Demo = WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]

UNITS, UNIT_SECONDS = 40, 0.1
QUICK = DurableDemoInput(name="steps", sleep_seconds=0, steps=2)
SLEEPER = DurableDemoInput(name="mid-sleep", sleep_seconds=3, steps=2)
WORKER = DurableDemoInput(
    name="mid-activity", sleep_seconds=0, steps=1, work_units=UNITS, work_unit_seconds=UNIT_SECONDS
)


@dataclass(frozen=True)
class DemoWorkload:
    """Demo workflows with one request."""

    request: DurableDemoInput
    name: str = "demo"
    workflows: Sequence[type] = WORKFLOWS

    async def start(self, run: Run, workflow_id: str, delay_seconds: float) -> Live:
        """Starts one."""
        handle = await run.target.client.start_workflow(
            "DurableDemoWorkflow",
            self.request,
            id=workflow_id,
            task_queue=run.target.task_queue,
            static_summary=f"chaos: {self.request.name}",
            start_delay=timedelta(seconds=delay_seconds) if delay_seconds else None,
        )
        return Live(handle, run.started(handle, "DurableDemoWorkflow", self.request, None), self)

    async def during(self, run: Run, live: Live) -> None:
        """Sends nothing."""

    async def after(self, run: Run, live: Live) -> None:
        """Sends nothing."""

    def applied(self, result: Any) -> None:
        """Tells that it applies no messages."""


async def start_demo(target: Target, request: DurableDemoInput) -> Demo:
    """Starts a workflow under an id of its own."""
    return await target.client.start_workflow(
        DurableDemoWorkflow.run,
        request,
        id=f"chaos-{request.name}-{uuid.uuid4().hex[:8]}",
        task_queue=target.task_queue,
        static_summary=f"chaos: {request.name}",
    )
