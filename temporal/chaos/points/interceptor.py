"""Brings armed moments into a worker's workflows and activities; only the chaos worker has it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from temporalio import activity, workflow
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from temporal.chaos.crash_points import Moment
from temporal.chaos.points.armed import WORKFLOW_TASK, strike

DRAINING = "draining"
"""The moment at which a running activity hears that its worker drains."""

STRIKE = "chaos_strike"


class ArmedInterceptor(Interceptor):
    """Strikes where `folder` says so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def intercept_activity(self, inner: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Puts the moments around every activity."""
        return _StruckActivities(inner, self._folder)

    def workflow_interceptor_class(
        self, of: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Puts the moment into every workflow; what strikes runs outside its sandbox."""
        of.unsafe_extern_functions[STRIKE] = lambda workflow_id: strike(
            self._folder, WORKFLOW_TASK, workflow_id
        )
        return _StruckWorkflow


class _StruckActivities(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, folder: Path) -> None:
        super().__init__(inner)
        self._folder = folder

    async def execute_activity(self, call: ExecuteActivityInput) -> Any:
        self._at(Moment.BEFORE_EFFECT)
        draining = asyncio.create_task(self._when_draining())
        try:
            result = await super().execute_activity(call)
        finally:
            draining.cancel()
            with suppress(asyncio.CancelledError):
                await draining
        self._at(Moment.AFTER_EFFECT)
        return result

    async def _when_draining(self) -> None:
        await activity.wait_for_worker_shutdown()
        self._at(DRAINING)

    def _at(self, moment: str) -> None:
        info = activity.info()
        strike(
            self._folder,
            f"{info.activity_type}:{moment}",
            info.workflow_id or "",
            info.attempt,
            info.activity_id,
            info.workflow_run_id or "",
        )


class _StruckWorkflow(WorkflowInboundInterceptor):
    async def execute_workflow(self, call: ExecuteWorkflowInput) -> Any:
        if not workflow.unsafe.is_replaying():
            strikes: Callable[[str], None] = workflow.extern_functions()[STRIKE]
            strikes(workflow.info().workflow_id)
        return await super().execute_workflow(call)
