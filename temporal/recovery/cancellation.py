"""Asks whether a dead worker's activity was to be canceled, which the worker itself may never have heard.

A worker hears of it only in the answer to a heartbeat, and heartbeats are seconds apart or not sent at all. A
canceled activity that is failed makes its workflow end as failed where it should end as canceled.
"""

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
)

from temporal.recovery.held import HeldTask
from temporal.recovery.http2.answer import Answer
from temporal.recovery.upstream import Upstream, ask

CANCEL_REQUESTED = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED


async def asked_to_cancel(task: HeldTask, upstream: Upstream) -> bool:
    """Tells whether the server wants an activity to end; False as well when it does not answer.

    Args:
        task: The activity's task.
        upstream: Temporal.
    """
    if not task.workflow_id:
        return False
    request = DescribeWorkflowExecutionRequest(namespace=task.key.namespace)
    request.execution.workflow_id, request.execution.run_id = task.workflow_id, task.run_id
    told = await ask(upstream, "DescribeWorkflowExecution", request, DescribeWorkflowExecutionResponse)
    return not isinstance(told, Answer) and any(
        one.activity_id == task.activity_id and one.state == CANCEL_REQUESTED
        for one in told.pending_activities
    )
