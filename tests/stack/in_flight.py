"""Workflows in flight, sleeping, at work and waiting for approval, and what must have become of them."""

from dataclasses import dataclass

from sqlalchemy import Engine
from temporalio.client import Client, WorkflowHandle

from temporal.chaos import invariants
from temporal.chaos.observation import sleeping, until, working
from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalResult
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.messages.work import WorkInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

UNITS = 40
UNIT_SECONDS = 0.1
AT_WORK = DurableDemoInput(name="at-work", sleep_seconds=0, work_units=UNITS, work_unit_seconds=UNIT_SECONDS)


@dataclass(frozen=True)
class InFlight:
    """A sleeper, a labourer and an approval, each seen to be where its name says."""

    asleep: DurableDemoInput
    sleeper: WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]
    labourer: WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]
    approval: WorkflowHandle[ApprovalWorkflow, ApprovalResult]

    async def end_well(self, client: Client, store: Engine) -> None:
        """Approves, waits for all ends, and checks results, sleep and effects."""
        approval = client.get_workflow_handle(self.approval.id, result_type=ApprovalResult)
        await approval.signal("approve", {"approver": "bob"})
        assert (await approval.result()).decision.outcome is Outcome.APPROVED
        assert invariants.decided_once(store, approval.id, self.approval.id, Outcome.APPROVED, "bob") == []

        sleeper = client.get_workflow_handle(self.sleeper.id, result_type=DurableDemoResult)
        await sleeper.result()
        assert invariants.slept_long_enough(await sleeper.fetch_history(), self.asleep) == []
        assert invariants.steps_done_once(store, sleeper.id, self.asleep) == []

        labourer = client.get_workflow_handle(self.labourer.id, result_type=DurableDemoResult)
        result = await labourer.result()
        assert invariants.work_is_right(result, AT_WORK) == []
        assert invariants.steps_done_once(store, labourer.id, AT_WORK) == []


async def take_off(client: Client, task_queue: str, sleep_seconds: float) -> InFlight:
    """Starts all three on a queue that a worker polls, and returns once each is in mid-flight."""
    asleep = DurableDemoInput(name="asleep", sleep_seconds=sleep_seconds)
    title = f"{task_queue}-approval"
    approval = await client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title=title, requester="ana"),
        id=title,
        task_queue=task_queue,
    )

    async def pending() -> bool:
        return (await approval.query(ApprovalWorkflow.get_status)).phase is ApprovalPhase.PENDING

    await until("the approval waits for a decision", pending)
    sleeper = await client.start_workflow(
        DurableDemoWorkflow.run, asleep, id=f"{task_queue}-asleep", task_queue=task_queue
    )
    await sleeping(sleeper)
    labourer = await client.start_workflow(
        DurableDemoWorkflow.run, AT_WORK, id=f"{task_queue}-at-work", task_queue=task_queue
    )
    work = WorkInput(subject="work", units=UNITS, unit_seconds=UNIT_SECONDS)
    await working(client, labourer, work, units=3)
    return InFlight(asleep, sleeper, labourer, approval)
