"""What the gateway reads of the calls that pass by: polls, the tasks in answers, the ends of tasks.

A message is parsed only for a method named here; every other one is forwarded unread.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from temporalio.api.deployment.v1 import WorkerDeploymentOptions
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.workflowservice.v1 import (
    ExecuteMultiOperationResponse,
    PollActivityTaskQueueRequest,
    PollActivityTaskQueueResponse,
    PollNexusTaskQueueRequest,
    PollNexusTaskQueueResponse,
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RecordActivityTaskHeartbeatRequest,
    RecordActivityTaskHeartbeatResponse,
    RespondActivityTaskCanceledRequest,
    RespondActivityTaskCompletedRequest,
    RespondActivityTaskFailedRequest,
    RespondNexusTaskCompletedRequest,
    RespondNexusTaskFailedRequest,
    RespondQueryTaskCompletedRequest,
    RespondWorkflowTaskCompletedRequest,
    RespondWorkflowTaskCompletedResponse,
    RespondWorkflowTaskFailedRequest,
    StartWorkflowExecutionRequest,
    StartWorkflowExecutionResponse,
)

from temporal.recovery.held import HeldTask, Kind, Poller, PollKey
from temporal.recovery.upstream import SERVICE

PollRequest = PollWorkflowTaskQueueRequest | PollActivityTaskQueueRequest | PollNexusTaskQueueRequest

RespondRequest = (
    RespondWorkflowTaskCompletedRequest
    | RespondWorkflowTaskFailedRequest
    | RespondQueryTaskCompletedRequest
    | RespondActivityTaskCompletedRequest
    | RespondActivityTaskFailedRequest
    | RespondActivityTaskCanceledRequest
    | RespondNexusTaskCompletedRequest
    | RespondNexusTaskFailedRequest
)

WORKFLOW_POLL = SERVICE + "PollWorkflowTaskQueue"
ACTIVITY_POLL = SERVICE + "PollActivityTaskQueue"
POLLS: dict[str, type[PollRequest]] = {
    WORKFLOW_POLL: PollWorkflowTaskQueueRequest,
    ACTIVITY_POLL: PollActivityTaskQueueRequest,
    SERVICE + "PollNexusTaskQueue": PollNexusTaskQueueRequest,
}
POLLS_KEPT = 256
COMPLETED = SERVICE + "RespondWorkflowTaskCompleted"
HEARTBEAT = SERVICE + "RecordActivityTaskHeartbeat"
START = SERVICE + "StartWorkflowExecution"
MULTI = SERVICE + "ExecuteMultiOperation"
SHUTDOWN = SERVICE + "ShutdownWorker"

RESPONDS: dict[str, type[RespondRequest]] = {
    COMPLETED: RespondWorkflowTaskCompletedRequest,
    SERVICE + "RespondWorkflowTaskFailed": RespondWorkflowTaskFailedRequest,
    SERVICE + "RespondQueryTaskCompleted": RespondQueryTaskCompletedRequest,
    SERVICE + "RespondActivityTaskCompleted": RespondActivityTaskCompletedRequest,
    SERVICE + "RespondActivityTaskFailed": RespondActivityTaskFailedRequest,
    SERVICE + "RespondActivityTaskCanceled": RespondActivityTaskCanceledRequest,
    SERVICE + "RespondNexusTaskCompleted": RespondNexusTaskCompletedRequest,
    SERVICE + "RespondNexusTaskFailed": RespondNexusTaskFailedRequest,
}
"""The calls that end a task, by its token."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as it was sent: its key, who polls, the key of the normal queue, the deployment options."""

    key: PollKey
    poller: Poller
    normal: PollKey
    deployment: WorkerDeploymentOptions


@lru_cache(POLLS_KEPT)  # a worker polls with the same bytes again and again
def read_poll(method: str, request: bytes) -> Poll:
    """Returns what a poll's request says.

    Raises:
        DecodeError: It is no request of this method.
    """
    message = POLLS[method].FromString(request)
    sticky = message.task_queue.kind == TaskQueueKind.TASK_QUEUE_KIND_STICKY
    versions = message.worker_version_capabilities.SerializeToString(deterministic=True)
    key = PollKey(
        method=method,
        namespace=message.namespace,
        queue=message.task_queue.name,
        sticky=sticky,
        versions=versions + message.deployment_options.SerializeToString(deterministic=True),
        group=message.poller_group_id,
        normal_name=message.task_queue.normal_name if sticky else "",
    )
    names = (message.namespace, message.identity, message.worker_instance_key, key.normal.queue)
    poller = Poller(*names, sticky_queue=key.queue, sticky=key) if sticky else Poller(*names)
    return Poll(key, poller, key.normal, message.deployment_options)


def task_in(poll: Poll, response: bytes) -> HeldTask | None:
    """Returns the task that a poll's answer brought; None when it brought none."""
    if not response:
        return None
    if poll.key.method == WORKFLOW_POLL:
        return _workflow_task(PollWorkflowTaskQueueResponse.FromString(response), poll, response)
    if poll.key.method == ACTIVITY_POLL:
        return _activity_task(PollActivityTaskQueueResponse.FromString(response), poll)
    nexus = PollNexusTaskQueueResponse.FromString(response)
    return HeldTask(Kind.NEXUS, nexus.task_token, poll.normal, poll.deployment) if nexus.task_token else None


def tasks_in_reply(method: str, request: bytes, response: bytes, poll: Poll | None) -> Iterator[HeldTask]:
    """Yields the tasks that a call other than a poll brought: the next workflow task, eager activities.

    Args:
        method: The call.
        request: What was asked.
        response: What came.
        poll: A poll of the same worker, which knows its queue and versions; None before the first.
    """
    if not response or poll is None:
        return
    if method == COMPLETED:
        reply = RespondWorkflowTaskCompletedResponse.FromString(response)
        yield from filter(None, [_workflow_task(reply.workflow_task, poll)])
        yield from filter(None, (_activity_task(task, poll) for task in reply.activity_tasks))
    elif method == START and StartWorkflowExecutionRequest.FromString(request).request_eager_execution:
        started = StartWorkflowExecutionResponse.FromString(response)
        yield from filter(None, [_workflow_task(started.eager_workflow_task, poll)])
    elif method == MULTI:
        for one in ExecuteMultiOperationResponse.FromString(response).responses:
            yield from filter(None, [_workflow_task(one.start_workflow.eager_workflow_task, poll)])


def token_of(method: str, request: bytes) -> bytes:
    """Returns the token of the task that a Respond call or a heartbeat is about."""
    if method == HEARTBEAT:
        return RecordActivityTaskHeartbeatRequest.FromString(request).task_token
    return RESPONDS[method].FromString(request).task_token


def cancel_requested(response: bytes) -> bool:
    """Tells whether a heartbeat's answer asks for the activity's end."""
    return RecordActivityTaskHeartbeatResponse.FromString(response).cancel_requested


def _workflow_task(task: PollWorkflowTaskQueueResponse, poll: Poll, raw: bytes = b"") -> HeldTask | None:
    if not task.task_token:
        return None
    is_query = task.HasField("query")
    return HeldTask(
        Kind.QUERY if is_query else Kind.WORKFLOW,
        task.task_token,
        poll.normal,
        poll.deployment,
        raw=raw if is_query else b"",
        attempt=task.attempt,
    )


def _activity_task(task: PollActivityTaskQueueResponse, poll: Poll) -> HeldTask | None:
    if not task.task_token:
        return None
    limits = (task.start_to_close_timeout, task.schedule_to_close_timeout)
    seconds = [limit.ToTimedelta().total_seconds() for limit in limits if limit.ToNanoseconds()]
    return HeldTask(
        Kind.ACTIVITY,
        task.task_token,
        replace(poll.normal, method=ACTIVITY_POLL),
        poll.deployment,
        attempt=task.attempt,
        activity=task.activity_type.name,
        activity_id=task.activity_id,
        workflow_id=task.workflow_execution.workflow_id,
        run_id=task.workflow_execution.run_id,
        expires=time.monotonic() + min(seconds, default=float("inf")),
    )


def task_for_another(key: PollKey, response: bytes) -> HeldTask | None:
    """Returns the task of an answer to nobody's poll any more; None when it brought none."""
    nobody = Poller(key.namespace, "", "")
    return task_in(Poll(key, nobody, key.normal, WorkerDeploymentOptions()), response)
