"""`ClosedFormWorkflow`: activities fanned out, child workflows, ordered signals and continue-as-new."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.chaos.workloads.closed_form.activities import TermActivities
    from temporal.chaos.workloads.closed_form.messages import (
        ClosedFormInput,
        ClosedFormResult,
        Term,
    )

from temporal.workflows.activity_options import UNTIL_IT_WORKS

TERM_TIME = timedelta(seconds=10)
"""Time of one attempt. Above the store's limit for a lock (4 s); what a stopped worker's attempt costs."""


async def _sum_of_powers(numbers: int, power: int) -> int:
    """Computes 1 to `numbers` to a power, one activity each, all at once, and adds up."""
    values = await asyncio.gather(
        *(
            workflow.execute_activity_method(
                TermActivities.compute_term,
                Term(number=number, power=power),
                start_to_close_timeout=TERM_TIME,
                retry_policy=UNTIL_IT_WORKS,
            )
            for number in range(1, numbers + 1)
        )
    )
    return sum(value.value for value in values)


@workflow.defn
class TriangleWorkflow:
    """A child of the closed form: adds up 1 to a number."""

    @workflow.run
    async def run(self, numbers: int) -> int:
        """Returns the sum."""
        return await _sum_of_powers(numbers, 1)


@workflow.defn
class ClosedFormWorkflow:
    """Computes a sum in rounds, each a run of its own, and takes signals in their order."""

    @workflow.init
    def __init__(self, request: ClosedFormInput) -> None:
        self._applied = list(request.applied)

    @workflow.run
    async def run(self, request: ClosedFormInput) -> ClosedFormResult:
        """Does one round; after the last it waits until every signal has come."""
        identity = workflow.info().workflow_id
        squares, *triangles = await asyncio.gather(
            _sum_of_powers(request.numbers, 2),
            *(
                workflow.execute_child_workflow(
                    TriangleWorkflow.run, request.numbers, id=f"{identity}-{request.round}-{child}"
                )
                for child in range(1, request.children + 1)
            ),
        )
        total = request.total + squares + sum(triangles)
        if request.round < request.rounds:
            workflow.continue_as_new(
                replace(request, round=request.round + 1, total=total, applied=self._applied)
            )
        await workflow.wait_condition(lambda: self._numbers() >= request.signals)
        return ClosedFormResult(total=total, rounds=request.round, applied=self._applied)

    @workflow.signal
    def add(self, message_id: str) -> None:
        """Applies a signal: notes its id, `NUMBER.TRY`, as often as it comes."""
        self._applied.append(message_id)

    @workflow.query
    def applied(self) -> list[str]:
        """Returns the ids applied so far."""
        return self._applied

    def _numbers(self) -> int:
        return len({message_id.partition(".")[0] for message_id in self._applied})
