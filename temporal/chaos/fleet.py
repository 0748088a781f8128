"""Who runs the workers that a scenario kills: the harness itself, or the supervisor of `recovery`."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

import psutil
from temporalio.api.enums.v1 import EventType

from temporal.chaos.observation import Handle, until
from temporal.chaos.target import EmbeddedTarget
from temporal.chaos.worker_process import WorkerProcess
from temporal.workers.readiness import POLLED, pollers

SUPERVISOR = (sys.executable, "-m", "temporal.recovery")
SUPERVISED_WORKERS = 2


class Fleet(Protocol):
    """The workers of a run; `about` says in a few words who runs them."""

    about: str

    async def start(self) -> None:
        """Returns once workers poll.

        Raises:
            CommandError: They do not.
        """
        ...

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the worker that has the workflow, or its activity, and returns when (UTC)."""
        ...

    async def replace(self) -> None:
        """Returns once the killed worker's place is taken.

        Raises:
            CommandError: It is not.
        """
        ...


class PlainFleet:
    """One plain worker; a killed one is replaced by hand, as a process manager would."""

    about = "a plain one, as stock Temporal has it"

    def __init__(self, target: EmbeddedTarget) -> None:
        self._target = target
        self._worker: WorkerProcess | None = None

    async def start(self) -> None:
        """Starts the worker."""
        self._worker = await self._target.start_worker()

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the worker: it holds everything."""
        if self._worker is None:
            raise RuntimeError("start comes first")
        return self._worker.kill()

    async def replace(self) -> None:
        """Starts another worker."""
        await self.start()


class SupervisedFleet:
    """Workers under a supervisor, which notices a death itself, releases what was held and replaces.

    Args:
        target: Where they work.
        environment: Variables that they get besides the target's.
    """

    about = f"{SUPERVISED_WORKERS} under a supervisor"

    def __init__(self, target: EmbeddedTarget, environment: Mapping[str, str] | None = None) -> None:
        self._target = target
        self._environment = environment
        self._supervisor: psutil.Process | None = None

    async def start(self) -> None:
        """Starts the supervisor and its workers."""
        self._supervisor = psutil.Process(
            self._target.launch_worker(self._environment, command=SUPERVISOR).pid
        )
        await self.replace()

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the one of the workers that has the workflow, or any when the one that had it is dead."""
        living = self._living()
        found = await holder(handle)
        pid = found if found in living else min(living)
        killed = datetime.now(UTC)  # before: the release may be over before this process runs again
        os.kill(pid, signal.SIGKILL)
        await until(f"process {pid} is gone", lambda: _gone(pid))
        return killed

    async def replace(self) -> None:
        """Waits until every place is taken by a worker that polls."""
        await until(f"{SUPERVISED_WORKERS} workers poll", self._all_poll)

    async def _all_poll(self) -> bool:
        living = self._living()
        for kind in POLLED:
            identities = await pollers(self._target.client, self._target.task_queue, kind)
            if len(living & {pid_of(identity) for identity in identities}) < SUPERVISED_WORKERS:
                return False
        return True

    def _living(self) -> set[int]:
        if self._supervisor is None:
            raise RuntimeError("start comes first")
        return {process.pid for process in self._supervisor.children()}


def fleet_of(target: EmbeddedTarget, *, supervised: bool) -> Fleet:
    """Returns the workers of a run, not yet started."""
    return SupervisedFleet(target) if supervised else PlainFleet(target)


async def holder(handle: Handle) -> int:
    """Returns the process that has a workflow's running activity, or else the workflow itself in memory."""
    for activity in (await handle.describe()).raw_description.pending_activities:
        if activity.last_worker_identity:
            return pid_of(activity.last_worker_identity)
    started = [
        event.workflow_task_started_event_attributes.identity
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    ]
    return pid_of(started[-1])


def pid_of(identity: str) -> int:
    """Returns the process id within a worker's identity, `PREFIX@HOST/PID-RANDOM`; 0 if there is none."""
    match = re.search(r"/(\d+)-", identity)
    return int(match[1]) if match else 0


async def _gone(pid: int) -> bool:
    await asyncio.sleep(0)
    return not psutil.pid_exists(pid)
