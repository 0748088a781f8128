"""Gives back, at once, what a dead worker held: each step is a call that the server knows already."""

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueType, WorkflowTaskFailedCause
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
    ShutdownWorkerRequest,
    ShutdownWorkerResponse,
)

from temporal.recovery.held import HeldTask, Kind, Ledger, Poller
from temporal.recovery.polls import Polls
from temporal.recovery.upstream import Answer, Upstream, ask

log = logging.getLogger("temporal.recovery")

IDENTITY = "recovery-gateway"
CALL_SECONDS = 5.0
"""How long one call of a release may take, in seconds; a few milliseconds when the server is well."""

AT_ONCE = Duration()
AT_ONCE.FromTimedelta(timedelta(milliseconds=1))
"""Delay of an activity's retry after the first death; never 0, which the server takes as a final failure."""

QUEUE_TYPES = (
    TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    TaskQueueType.TASK_QUEUE_TYPE_NEXUS,
)


@dataclass
class Released:
    """What a release did.

    Attributes:
        tasks: How many tasks of each kind were given back.
        seconds: How long it took.
    """

    tasks: Counter[Kind] = field(default_factory=Counter)
    seconds: float = 0.0


async def release(ledger: Ledger, upstream: Upstream, polls: Polls, asynchronous: frozenset[str]) -> Released:
    """Releases everything that a dead worker held. Safe to do twice.

    Args:
        ledger: The dead worker's.
        upstream: Temporal.
        polls: Where queries are handed over.
        asynchronous: Activity types that are completed from elsewhere and so outlive their worker.
    """
    begun, released = time.monotonic(), Released()

    async def give_back() -> None:
        forgetting = [_forget(poller, upstream) for poller in ledger.pollers.values()]
        tasks = [_give_back(task, upstream, polls, asynchronous, released) for task in ledger.held()]
        await asyncio.gather(*forgetting, *tasks)

    await give_back()
    if ledger.calls:
        # The worker's last words are on their way to the server; their answers may bring it another task,
        # or the server may put one on its sticky queue.
        await asyncio.wait(set(ledger.calls), timeout=CALL_SECONDS)
        await give_back()
    released.seconds = time.monotonic() - begun
    return released


async def fail_workflow_task(task: HeldTask, upstream: Upstream) -> None:
    """Fails a workflow task so that the server gives it to any worker at once."""
    request = RespondWorkflowTaskFailedRequest(
        namespace=task.key.namespace,
        task_token=task.token,
        cause=WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
        identity=IDENTITY,
        deployment_options=task.deployment,
    )
    _tell(
        await ask(
            upstream, "RespondWorkflowTaskFailed", request, RespondWorkflowTaskFailedResponse, CALL_SECONDS
        )
    )


async def _forget(poller: Poller, upstream: Upstream) -> None:
    """Frees every workflow that the dead worker has in memory, and ends its polls where the server can."""
    request = ShutdownWorkerRequest(
        namespace=poller.namespace,
        identity=poller.identity,
        worker_instance_key=poller.instance_key,
        task_queue=poller.queue,
        sticky_task_queue=poller.sticky_queue,
        task_queue_types=QUEUE_TYPES,
        reason="worker died",
    )
    _tell(await ask(upstream, "ShutdownWorker", request, ShutdownWorkerResponse, CALL_SECONDS))


async def _give_back(
    task: HeldTask, upstream: Upstream, polls: Polls, asynchronous: frozenset[str], released: Released
) -> None:
    released.tasks[task.kind] += 1
    if task.kind is Kind.QUERY:
        polls.offer(task.key, Answer(response=task.raw))  # failing a query would lose it
    elif task.kind is Kind.WORKFLOW:
        await fail_workflow_task(task, upstream)
    elif task.kind is Kind.NEXUS:
        await _fail_nexus_task(task, upstream)
    elif task.activity not in asynchronous:
        await _end_activity(task, upstream)


async def _end_activity(task: HeldTask, upstream: Upstream) -> None:
    if task.cancel_requested:
        canceled = RespondActivityTaskCanceledRequest(
            namespace=task.key.namespace,
            task_token=task.token,
            identity=IDENTITY,
            deployment_options=task.deployment,
        )
        _tell(
            await ask(
                upstream,
                "RespondActivityTaskCanceled",
                canceled,
                RespondActivityTaskCanceledResponse,
                CALL_SECONDS,
            )
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
    _tell(
        await ask(
            upstream, "RespondActivityTaskFailed", failed, RespondActivityTaskFailedResponse, CALL_SECONDS
        )
    )


async def _fail_nexus_task(task: HeldTask, upstream: Upstream) -> None:
    failed = RespondNexusTaskFailedRequest(
        namespace=task.key.namespace, task_token=task.token, identity=IDENTITY
    )
    failed.error.error_type = "UNAVAILABLE"  # the caller's server tries again
    failed.error.failure.message = "the worker died"
    _tell(await ask(upstream, "RespondNexusTaskFailed", failed, RespondNexusTaskFailedResponse, CALL_SECONDS))


def _tell(answer: object) -> None:
    """Logs a call that failed: its task waits for its timeout, or had ended already."""
    if isinstance(answer, Answer):
        log.info("release: %s %s", answer.code, answer.details)
