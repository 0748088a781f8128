"""How one task of a dead worker goes back to the server, by its token, so that another worker gets it."""

import logging
import time
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.workflowservice.v1 import (
    RespondActivityTaskCanceledRequest,
    RespondActivityTaskCanceledResponse,
    RespondActivityTaskFailedRequest,
    RespondActivityTaskFailedResponse,
    RespondNexusTaskFailedRequest,
    RespondNexusTaskFailedResponse,
    RespondWorkflowTaskFailedRequest,
    RespondWorkflowTaskFailedResponse,
)

from temporal.recovery.cancellation import asked_to_cancel
from temporal.recovery.held import HeldTask, Kind
from temporal.recovery.http2.answer import Answer
from temporal.recovery.polls import Polls
from temporal.recovery.upstream import PATIENCE_SECONDS, Upstream, ask

log = logging.getLogger("temporal.recovery")

IDENTITY = "recovery-gateway"

AT_ONCE = Duration()
AT_ONCE.FromTimedelta(timedelta(milliseconds=1))
"""Delay of an activity's retry after the first death; never 0, which the server takes as a final failure."""


async def give_back(task: HeldTask, upstream: Upstream, polls: Polls, asynchronous: frozenset[str]) -> None:
    """Gives one task back; while the server is away, it tries again until the task has expired.

    Args:
        task: The task, of a worker that is gone for sure.
        upstream: Temporal.
        polls: Where queries are handed over.
        asynchronous: Activity types that are completed from elsewhere and so outlive their worker.
    """
    if task.kind is Kind.QUERY:
        polls.offer(task.key, Answer(response=task.raw))  # failing a query would lose it
    elif task.kind is Kind.WORKFLOW:
        await _fail_workflow_task(task, upstream)
    elif task.kind is Kind.NEXUS:
        await _fail_nexus_task(task, upstream)
    elif task.activity not in asynchronous:
        await _end_activity(task, upstream)


async def tell(
    upstream: Upstream, method: str, request: Message, kind: type[Message], patience: float = PATIENCE_SECONDS
) -> None:
    """Makes a call whose refusal changes nothing: its task has ended by itself."""
    answer = await ask(upstream, method, request, kind, patience=patience)
    if isinstance(answer, Answer):
        log.info("release: %s: %s %s", method, answer.code.name, answer.details)


async def _answer(
    task: HeldTask, upstream: Upstream, name: str, request: Message, kind: type[Message]
) -> None:
    await tell(upstream, name, request, kind, patience=task.expires - time.monotonic())


async def _fail_workflow_task(task: HeldTask, upstream: Upstream) -> None:
    """Fails a workflow task so that the server gives it to any worker at once."""
    request = RespondWorkflowTaskFailedRequest(
        namespace=task.key.namespace,
        task_token=task.token,
        cause=WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
        identity=IDENTITY,
        deployment_options=task.deployment,
    )
    await _answer(task, upstream, "RespondWorkflowTaskFailed", request, RespondWorkflowTaskFailedResponse)


async def _end_activity(task: HeldTask, upstream: Upstream) -> None:
    if task.cancel_requested or await asked_to_cancel(task, upstream):
        canceled = RespondActivityTaskCanceledRequest(
            namespace=task.key.namespace,
            task_token=task.token,
            identity=IDENTITY,
            deployment_options=task.deployment,
        )
        await _answer(
            task, upstream, "RespondActivityTaskCanceled", canceled, RespondActivityTaskCanceledResponse
        )
        return
    failure = Failure(
        message=f"the worker died in attempt {task.attempt}",
        source=IDENTITY,
        application_failure_info=ApplicationFailureInfo(
            type="WorkerDied",
            # Later deaths leave the delay to the policy: its backoff slows a crash loop down.
            next_retry_delay=AT_ONCE if task.attempt == 1 else None,
        ),
    )
    failed = RespondActivityTaskFailedRequest(
        namespace=task.key.namespace,
        task_token=task.token,
        failure=failure,
        identity=IDENTITY,
        deployment_options=task.deployment,
    )
    await _answer(task, upstream, "RespondActivityTaskFailed", failed, RespondActivityTaskFailedResponse)


async def _fail_nexus_task(task: HeldTask, upstream: Upstream) -> None:
    failed = RespondNexusTaskFailedRequest(
        namespace=task.key.namespace, task_token=task.token, identity=IDENTITY
    )
    failed.error.error_type = "UNAVAILABLE"  # the caller's server tries again
    failed.error.failure.message = "the worker died"
    await _answer(task, upstream, "RespondNexusTaskFailed", failed, RespondNexusTaskFailedResponse)
