"""Demos that are wrong: one sleeps too little, one asks the environment what to do."""

import os
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
    from temporal.workflows.durable_demo import DurableDemoWorkflow

SWITCH = "CHAOS_CONTROL_SWITCH"
"""A feature switch as one finds it: set where the worker runs, and not where its histories are replayed."""


@workflow.defn(name="DurableDemoWorkflow")
class HastyDemo(DurableDemoWorkflow):
    """Sleeps half as long as it is asked to."""

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        super().__init__(replace(request, sleep_seconds=request.sleep_seconds / 2))

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Runs the demo."""
        return await super().run(self._request)


@workflow.defn(name="DurableDemoWorkflow", sandboxed=False)
class SwitchedDemo(DurableDemoWorkflow):
    """Takes one more timer where a variable of the environment says so; the sandbox would refuse that."""

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Runs the demo."""
        if os.environ.get(SWITCH):
            await workflow.sleep(timedelta(milliseconds=10))
        return await super().run(request)
