"""One look at Temporal: how many workflows and approvals there are, who polls the task queue, what waits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from services.api.approvals.visibility_query import both, equals
from temporal.messages.approval import ApprovalPhase
from temporal.messages.search_attributes import APPROVAL_DEADLINE, WORKFLOW_PHASE

KINDS = {
    "workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activity": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}

WAITING = both(
    equals("WorkflowType", "ApprovalWorkflow"),
    equals("ExecutionStatus", "Running"),
    equals(WORKFLOW_PHASE.name, ApprovalPhase.PENDING),
)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One kind of task of the task queue.

    Attributes:
        pollers: How many pollers the server has seen in its last five minutes.
        backlog: About how many tasks wait for a worker.
        backlog_seconds: How long the oldest of them has waited.
    """

    pollers: int
    backlog: int
    backlog_seconds: float


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was there at one moment.

    Attributes:
        workflows: By status, as the server knows them: ended ones until their retention is over.
        waiting: Approvals that wait for a decision.
        overdue: Those of them whose own deadline is over: they should have decided themselves by then.
        queues: By the kind of task.
    """

    workflows: Mapping[str, int]
    waiting: int
    overdue: int
    queues: Mapping[str, Queue]


async def look(client: Client, task_queue: str) -> Look:
    """Asks Temporal all at once.

    Raises:
        RPCError: It refuses or does not answer.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    overdue = both(WAITING, f"{APPROVAL_DEADLINE.name} < '{now}'")
    queues = asyncio.gather(*(_queue(client, task_queue, kind) for kind in KINDS.values()))
    by_status, waiting, late, found = await asyncio.gather(
        _by_status(client), _count(client, WAITING), _count(client, overdue), queues
    )
    return Look(
        workflows=by_status, waiting=waiting, overdue=late, queues=dict(zip(KINDS, found, strict=True))
    )


async def _count(client: Client, query: str) -> int:
    return (await client.count_workflows(query)).count


async def _by_status(client: Client) -> dict[str, int]:
    counted = await client.count_workflows("GROUP BY ExecutionStatus")
    return {str(group.group_values[0]): group.count for group in counted.groups}


async def _queue(client: Client, task_queue: str, kind: TaskQueueType.ValueType) -> Queue:
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=kind,
            report_stats=True,
        )
    )
    return Queue(
        pollers=len(described.pollers),
        backlog=described.stats.approximate_backlog_count,
        backlog_seconds=described.stats.approximate_backlog_age.ToNanoseconds() / 1e9,
    )
