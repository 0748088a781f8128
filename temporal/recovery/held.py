"""The ledger: what one worker holds, read from the calls that pass by."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from temporalio.api.deployment.v1 import WorkerDeploymentOptions

WORKFLOW_TASK_SECONDS = 10.0
"""Temporal's default workflow task timeout, in seconds: older entries are no longer the worker's."""


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
    server's poller group.
    """

    method: str
    namespace: str
    queue: str
    sticky: bool
    versions: bytes
    group: str


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
        expires: When the server gives up on it by itself, by the monotonic clock in seconds.
        cancel_requested: Whether a heartbeat's answer said so.
    """

    kind: Kind
    token: bytes
    key: PollKey
    deployment: WorkerDeploymentOptions
    raw: bytes = b""
    attempt: int = 1
    activity: str = ""
    expires: float = field(default_factory=lambda: time.monotonic() + WORKFLOW_TASK_SECONDS)
    cancel_requested: bool = False


@dataclass(slots=True)
class Poller:
    """One worker instance within the process, as its polls describe it."""

    namespace: str
    identity: str
    instance_key: str
    queue: str = ""
    sticky_queue: str = ""


class Ledger:
    """What one worker process holds.

    Attributes:
        tasks: The tasks by token.
        pollers: The worker instances by namespace, instance key (else identity) and queue.
        calls: Respond calls under way: their answers may bring further tasks.
        dead: Whether the process is known to be gone.
    """

    def __init__(self) -> None:
        self.tasks: dict[bytes, HeldTask] = {}
        self.pollers: dict[tuple[str, str, str], Poller] = {}
        self.calls: set[asyncio.Task[Any]] = set()
        self.dead = False

    def take(self, task: HeldTask) -> None:
        """Notes a task that the worker was given."""
        self.tasks[task.token] = task

    def end(self, token: bytes) -> HeldTask | None:
        """Notes that a task was answered, or refused by the server: its token must not be used again."""
        return self.tasks.pop(token, None)

    def cancel(self, token: bytes) -> None:
        """Notes that the server wants an activity to end."""
        if task := self.tasks.get(token):
            task.cancel_requested = True

    def held(self) -> list[HeldTask]:
        """Takes out everything that the worker still holds; what has expired is dropped."""
        now = time.monotonic()
        tasks = [task for task in self.tasks.values() if task.expires > now]
        self.tasks.clear()
        return tasks

    @property
    def polled(self) -> bool:
        """Whether the worker has polled at all."""
        return bool(self.pollers)

    def saw_poll(self, poller: Poller) -> None:
        """Notes who polls what."""
        known = self.pollers.setdefault(
            (poller.namespace, poller.instance_key or poller.identity, poller.queue), poller
        )
        known.sticky_queue = poller.sticky_queue or known.sticky_queue
