"""Workflows that are killed inside a task, or wait to be killed; not sandboxed, so that they can die."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from tests.integration.recovery_cases.activities import linger
from tests.integration.recovery_cases.marks import die_once
from tests.integration.recovery_cases.nexus import Desk
from tests.integration.recovery_cases.requests import LONG, Chain, Errand, Plan


@workflow.defn(sandboxed=False)
class Dies:
    """Dies in its first task."""

    @workflow.run
    async def run(self, mark: str) -> str:
        """Returns a word."""
        die_once(mark)
        return "done"


@workflow.defn(sandboxed=False)
class RunsActivity:
    """Runs one activity."""

    @workflow.run
    async def run(self, plan: Plan) -> int:
        """Returns the activity's result."""
        waits = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        tries = workflow.ActivityCancellationType.TRY_CANCEL
        result: int = await workflow.execute_activity(
            plan.activity,
            plan.argument,
            result_type=int,
            start_to_close_timeout=LONG,
            retry_policy=RetryPolicy(
                initial_interval=LONG,  # only the release's own delay brings a second attempt in time
                maximum_attempts=plan.attempts,
                non_retryable_error_types=plan.final,
            ),
            cancellation_type=waits if plan.waits_for_cancellation else tries,
        )
        return result


@workflow.defn(sandboxed=False)
class RunsLocally:
    """Runs a local activity, which is part of a workflow task."""

    @workflow.query
    def words(self) -> str:
        """Answers with a word."""
        return "lingering"

    @workflow.run
    async def run(self, mark: str) -> str:
        """Returns the local activity's result."""
        return await workflow.execute_local_activity(linger, mark, start_to_close_timeout=LONG)


@workflow.defn(sandboxed=False)
class Parent:
    """Waits for a child."""

    @workflow.run
    async def run(self, mark: str) -> str:
        """Returns the child's word."""
        return await workflow.execute_child_workflow(
            Dies.run, mark, id=f"{workflow.info().workflow_id}-child", task_timeout=timedelta(seconds=60)
        )


@workflow.defn(sandboxed=False)
class Continues:
    """Continues as new until no run is left."""

    @workflow.run
    async def run(self, chain: Chain) -> int:
        """Returns how many runs there were."""
        if chain.runs > 1:
            await asyncio.sleep(0.1)  # so that the task that ends the run is not its first
            die_once(chain.last_task)
            workflow.continue_as_new(replace(chain, runs=chain.runs - 1, done=chain.done + 1))
        die_once(chain.first_task)
        return chain.done + 1


@workflow.defn(sandboxed=False)
class CallsNexus:
    """Calls one Nexus operation."""

    @workflow.run
    async def run(self, errand: Errand) -> str:
        """Returns the operation's result."""
        desk = workflow.create_nexus_client(service=Desk, endpoint=errand.endpoint)
        operation = Desk.deliver if errand.later else Desk.serve
        return await desk.execute_operation(operation, errand.mark, schedule_to_close_timeout=LONG)
