"""Gives back, at once, what a dead worker held: each step is a call that the server knows already."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.workflowservice.v1 import ShutdownWorkerRequest, ShutdownWorkerResponse

from temporal.recovery.give_back import give_back, tell
from temporal.recovery.held import HeldTask, Kind, Ledger, Poller
from temporal.recovery.polls import Polls
from temporal.recovery.sticky_backlog import backlog, take_back
from temporal.recovery.upstream import Upstream

AT_ONCE_MOST = 100
"""How many calls of one release may be under way: a worker may hold thousands of tasks."""

LAST_WORDS_SECONDS = 120.0
"""How long to wait for the dead worker's last calls, in seconds: SDKs give such a call less."""

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
        seconds: From the death to the last of them.
    """

    tasks: Counter[Kind] = field(default_factory=Counter)
    seconds: float = 0.0


async def release(
    ledger: Ledger, upstream: Upstream, polls: Polls, asynchronous: frozenset[str], died: float | None = None
) -> Released:
    """Releases everything that a dead worker held. Safe to do twice.

    Args:
        ledger: The dead worker's.
        upstream: Temporal.
        polls: Where queries are handed over.
        asynchronous: Activity types that are completed from elsewhere and so outlive their worker.
        died: When its death was noticed, by the monotonic clock in seconds; by default now.
    """
    begun, released = time.monotonic() if died is None else died, Released()
    bounded = asyncio.Semaphore(AT_ONCE_MOST)

    async def one(task: HeldTask) -> None:
        async with bounded:
            await give_back(task, upstream, polls, asynchronous)
        ledger.end(task.token)
        released.tasks[task.kind] += 1

    async def everything(more: Sequence[HeldTask] = ()) -> None:
        # Its workflows first: they are what waits longest.
        forgetting = [_forget(poller, upstream) for poller in ledger.pollers.values()]
        await asyncio.gather(*forgetting, *(one(task) for task in (*more, *ledger.held())))
        released.seconds = time.monotonic() - begun

    # The worker's last words are on their way to the server; their answers may bring it another task, or the
    # server may put one on its sticky queue. Those that are answered during the first round count too.
    last_words = set(ledger.calls)
    await everything()
    if last_words:
        await asyncio.wait(last_words, timeout=LAST_WORDS_SECONDS)
        await everything()
    for poller in ledger.pollers.values():
        while waiting := await backlog(poller, upstream):
            taken = await take_back(poller, upstream, waiting)
            await everything(taken)
            if not taken:
                break
    return released


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
    await tell(upstream, "ShutdownWorker", request, ShutdownWorkerResponse)
