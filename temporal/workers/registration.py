"""What the monolithic worker runs: every workflow and every activity. A new one is added here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from temporal.activities.approvals import ApprovalActivities
from temporal.activities.long_running import LongRunningActivities
from temporal.activities.steps import StepActivities
from temporal.store.contract import Effects
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

WORKFLOWS: tuple[type, ...] = (DurableDemoWorkflow, ApprovalWorkflow)


def activities(record: Effects) -> list[Callable[..., Any]]:
    """Returns the activities, bound to the effect record that makes them idempotent."""
    steps, approvals, long_running = (
        StepActivities(record),
        ApprovalActivities(record),
        LongRunningActivities(record),
    )
    return [
        steps.process_step,
        steps.log_event,
        approvals.process_request,
        approvals.record_decision,
        approvals.send_notification,
        long_running.long_running_task,
    ]


@dataclass(frozen=True)
class Registered:
    """What a worker runs: workflow classes, and what makes its activities from the effect record."""

    workflows: Sequence[type] = WORKFLOWS
    activities: Callable[[Effects], list[Callable[..., Any]]] = activities
