"""`DurableDemoWorkflow`: steps, long-running work and a durable sleep that survive any worker's death."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from temporal.activities.long_running import LongRunningActivities
    from temporal.activities.steps import StepActivities
    from temporal.messages.durable_demo import (
        DemoPhase,
        DurableDemoInput,
        DurableDemoResult,
        DurableDemoStatus,
    )
    from temporal.messages.work import LogEventInput, StepInput, StepResult, WorkInput, WorkResult

from temporal.workflows.activity_options import long_running, store_write
from temporal.workflows.cancellation import log_cancellation
from temporal.workflows.visibility import show_phase

PASSING = {DemoPhase.STARTING, DemoPhase.STEPS_BEFORE, DemoPhase.STEPS_AFTER}
"""Phases that last milliseconds."""


@workflow.defn
class DurableDemoWorkflow:
    """Runs steps, works, sleeps durably, and runs steps again.

    Cancellation ends it as canceled at any point: a step under way is left to finish on its own, long-running
    work is waited for until it has stopped, and the status says what was interrupted.
    """

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        self._request = request
        self._status = DurableDemoStatus()

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Runs the whole demo.

        Raises:
            ApplicationError: `InvalidInput`, not retryable: the input names what is wrong.
        """
        try:
            result = await self._run(request)
        except (asyncio.CancelledError, Exception) as error:
            # Once cancellation is requested, whatever interrupts the run (also work whose worker died before
            # it could confirm) is part of being canceled.
            if workflow.cancellation_reason() is not None:
                await self._cancel()
                raise asyncio.CancelledError from error
            self._enter(DemoPhase.FAILED, detail=str(error.__cause__ or error))
            raise
        self._enter(DemoPhase.COMPLETED)
        return result

    async def _run(self, request: DurableDemoInput) -> DurableDemoResult:
        if problems := request.problems():
            raise ApplicationError("; ".join(problems), type="InvalidInput", non_retryable=True)
        await self._log_event("demo-started", f"{request.name}: {request.steps} steps, then a sleep")
        self._enter(DemoPhase.STEPS_BEFORE)
        steps = await self._steps("before")
        work = await self._work()
        slept = await self._sleep()
        self._enter(DemoPhase.STEPS_AFTER)
        steps += await self._steps("after")
        await self._log_event("demo-completed", f"{request.name}: {len(steps)} steps done")
        return DurableDemoResult(name=request.name, steps=steps, work=work, slept_seconds=slept)

    async def _steps(self, side: str) -> list[StepResult]:
        results = []
        for number in range(1, self._request.steps + 1):
            step = self._begin(f"{side}-{number}")
            result = await workflow.execute_activity_method(
                StepActivities.process_step,
                StepInput(step=step, subject=self._request.name),
                **store_write(f"step {step}"),
            )
            self._status.steps_done.append(step)
            results.append(result)
        return results

    async def _work(self) -> WorkResult | None:
        if not self._request.work_units:
            return None
        self._enter(DemoPhase.WORKING)
        work = WorkInput(
            subject=self._begin("work"),
            units=self._request.work_units,
            unit_seconds=self._request.work_unit_seconds,
        )
        result = await workflow.execute_activity_method(
            LongRunningActivities.long_running_task,
            work,
            **long_running(work),
        )
        if workflow.cancellation_reason() is not None:
            # The work ended before it heard of the cancellation; the request still stands.
            raise asyncio.CancelledError
        self._status.steps_done.append("work")
        return result

    async def _sleep(self) -> float:
        if not self._request.sleep_seconds:
            return 0.0
        self._begin("sleep")
        begun, duration = workflow.now(), timedelta(seconds=self._request.sleep_seconds)
        self._status.sleep_deadline = (begun + duration).isoformat()
        self._enter(DemoPhase.SLEEPING)
        await workflow.sleep(duration, summary=f"durable sleep of {self._request.sleep_seconds:.12g} s")
        self._status.steps_done.append("sleep")
        return (workflow.now() - begun).total_seconds()

    async def _log_event(self, kind: str, message: str) -> None:
        await workflow.execute_activity_method(
            StepActivities.log_event,
            LogEventInput(kind=kind, message=message),
            **store_write(kind),
        )

    async def _cancel(self) -> None:
        met = self._status.current_step or "start"
        self._enter(DemoPhase.CANCELED, detail=f"canceled at {met}")
        await log_cancellation("demo-canceled", f"{self._request.name}: canceled at {met}")

    def _begin(self, step: str) -> str:
        self._status.current_step = step
        return step

    def _enter(self, phase: DemoPhase, detail: str = "") -> None:
        self._status.phase, self._status.detail = phase, detail
        show_phase(
            phase,
            f"until {self._status.sleep_deadline}" if phase is DemoPhase.SLEEPING else "",
            detail,
            searchable=phase not in PASSING,
        )

    @workflow.query
    def get_status(self) -> DurableDemoStatus:
        """Returns where the run is; answered by any worker, also after the run has ended."""
        return self._status
