"""The ledger: what one worker holds, read from the calls that pass by."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from temporalio.api.deployment.v1 import WorkerDeploymentOptions

WORKFLOW_TASK_SECONDS = 120.0
"""The longest workflow task timeout that the server allows, in seconds: no older task is still the worker's.

A task does not tell its own timeout, and failing one that has timed out is refused and does nothing.
"""


class Kind(StrEnum):
    """The kinds of tasks that a worker can hold."""

    WORKFLOW = "workflow"
    QUERY = "query"
    ACTIVITY = "activity"
    NEXUS = "nexus"


@dataclass(frozen=True, slots=True)
class PollKey:
    """What two polls must share to be able to stand in for each other.

    `versions` holds the deployment options and version capabilities as they were sent; `group` is the
    server's poller group; `normal_name` is the queue that a sticky one belongs to, else empty.
    """

    method: str
    namespace: str
    queue: str
    sticky: bool
    versions: bytes
    group: str
    normal_name: str = ""

    @property
    def normal(self) -> "PollKey":
        """The same poll of the normal queue."""
        return replace(self, queue=self.normal_name, sticky=False, normal_name="") if self.sticky else self


@dataclass(slots=True)
class HeldTask:
    """A task that a worker took and has not answered yet.

    Attributes:
        kind: What it is.
        token: The server's token for it.
        key: The poll that brought it, as a poll of the normal queue: where another worker could take it.
        deployment: The deployment options that the worker polled with.
        raw: The poll's answer as it came; kept for queries only, which are handed over as they are.
        attempt: The attempt, from 1.
        activity: The activity's type; empty for other kinds.
        activity_id: The activity's id within its run.
        workflow_id: The activity's workflow; empty for other kinds, and for an activity of no workflow.
        run_id: The activity's run.
        expires: When the server gives up on it by itself, by the monotonic clock in seconds.
        cancel_requested: Whether a heartbeat's answer said so.
        answering: How many answers of the worker are on their way to the server: it may repeat one.
    """

    kind: Kind
    token: bytes
    key: PollKey
    deployment: WorkerDeploymentOptions
    raw: bytes = b""
    attempt: int = 1
    activity: str = ""
    activity_id: str = ""
    workflow_id: str = ""
    run_id: str = ""
    expires: float = field(default_factory=lambda: time.monotonic() + WORKFLOW_TASK_SECONDS)
    cancel_requested: bool = False
    answering: int = 0


@dataclass(slots=True)
class Poller:
    """One worker instance within the process, as its polls describe it; `sticky` is its sticky poll's key."""

    namespace: str
    identity: str
    instance_key: str
    queue: str = ""
    sticky_queue: str = ""
    sticky: PollKey | None = field(default=None, repr=False, compare=False)


LEAST_SWEPT = 64
"""Below so many tasks a ledger is not searched for those that have expired."""


class Record(Protocol):
    """Where a ledger is written down."""

    def polls(self, poller: Poller) -> None:
        """Notes a worker instance."""

    def takes(self, task: HeldTask) -> None:
        """Notes a task, or what is new about it."""

    def ends(self, token: bytes) -> None:
        """Notes that a task is no longer held."""


class Ledger:
    """What one worker process holds.

    Attributes:
        record: Where it is written down as well; None for nowhere.
        tasks: The tasks by token.
        pollers: The worker instances by namespace, instance key (else identity) and queue.
        calls: Respond calls under way: their answers may bring further tasks.
        dead: Whether the process is known to be gone.
    """

    def __init__(self) -> None:
        self.record: Record | None = None
        self.tasks: dict[bytes, HeldTask] = {}
        self.pollers: dict[tuple[str, str, str], Poller] = {}
        self.calls: set[asyncio.Task[Any]] = set()
        self.dead = False
        self._most = LEAST_SWEPT

    def take(self, task: HeldTask) -> None:
        """Notes a task that the worker was given."""
        self.tasks[task.token] = task
        if self.record:
            self.record.takes(task)
        if len(self.tasks) > self._most:
            self._sweep()

    def end(self, token: bytes) -> HeldTask | None:
        """Notes that a task was answered, or refused by the server: its token must not be used again."""
        task = self.tasks.pop(token, None)
        if task and self.record:
            self.record.ends(token)
        return task

    def cancel(self, token: bytes) -> None:
        """Notes that the server wants an activity to end."""
        task = self.tasks.get(token)
        if task is None or task.cancel_requested:
            return
        task.cancel_requested = True
        if self.record:
            self.record.takes(task)

    def answers(self, token: bytes) -> None:
        """Notes that the worker's answer is on its way: until it is there, nobody else may answer."""
        if task := self.tasks.get(token):
            task.answering += 1

    def not_answered(self, token: bytes) -> None:
        """Notes that the answer did not reach the server, so that the worker still holds the task."""
        if task := self.tasks.get(token):
            task.answering -= 1

    def held(self) -> list[HeldTask]:
        """Returns what the worker holds and has not answered; threads may ask."""
        now = time.monotonic()
        return [task for task in list(self.tasks.values()) if task.expires > now and not task.answering]

    @property
    def polled(self) -> bool:
        """Whether the worker has polled at all."""
        return bool(self.pollers)

    def saw_poll(self, poller: Poller) -> None:
        """Notes who polls what."""
        name = (poller.namespace, poller.instance_key or poller.identity, poller.queue)
        known = self.pollers.get(name)
        if known is None or (poller.sticky_queue and poller.sticky_queue != known.sticky_queue):
            self.pollers[name] = poller
            if self.record:
                self.record.polls(poller)

    def _sweep(self) -> None:
        """Drops what has expired: a task that its worker never answers must not stay for ever."""
        now = time.monotonic()
        for task in [task for task in self.tasks.values() if task.expires <= now]:
            self.end(task.token)
        self._most = max(LEAST_SWEPT, 2 * len(self.tasks))
