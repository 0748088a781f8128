"""Starts approvals, and counts in the store what came of them."""

from sqlalchemy import Engine, select
from temporalio.client import WorkflowHandle

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalResult
from temporal.store.schema import decisions, notifications
from temporal.workflows.approval_workflow import ApprovalWorkflow

Approval = WorkflowHandle[ApprovalWorkflow, ApprovalResult]


async def start_approval(target: EmbeddedTarget, title: str) -> Approval:
    """Starts an approval that waits without limit."""
    return await target.client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title=title, requester="ana"),
        id=f"{target.task_queue}-{title}",
        task_queue=target.task_queue,
    )


async def waiting(approval: Approval) -> None:
    """Waits until the request is open and a decision would count at once."""

    async def reached() -> bool:
        return (await approval.query(ApprovalWorkflow.get_status)).phase is ApprovalPhase.PENDING

    await until(f"{approval.id} waits for a decision", reached)


def recorded(store: Engine, workflow_id: str) -> list[tuple[str, str]]:
    """Returns outcome and approver of every decision stored for the approval."""
    with store.begin() as connection:
        rows = connection.execute(
            select(decisions.c.outcome, decisions.c.decided_by).where(decisions.c.workflow_id == workflow_id)
        )
        return [(row.outcome, row.decided_by) for row in rows]


def told(store: Engine, workflow_id: str) -> list[str]:
    """Returns who was told the approval's outcome, one entry a notification."""
    with store.begin() as connection:
        return list(
            connection.scalars(
                select(notifications.c.recipient).where(notifications.c.workflow_id == workflow_id)
            )
        )
