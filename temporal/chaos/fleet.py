"""Who runs the workers that a scenario strikes: the harness itself, or the supervisor of `recovery`."""

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import psutil
from temporalio.service import RPCError

from temporal.chaos.holders import holder_among, kill
from temporal.chaos.identity import polling
from temporal.chaos.observation import Handle, until
from temporal.chaos.processes import is_alive
from temporal.chaos.targets.target import Target
from temporal.chaos.worker_process import COMMAND, WorkerProcess

SUPERVISOR = (sys.executable, "-m", "temporal.recovery")
SUPERVISED_WORKERS = 2


class Fleet(Protocol):
    """The workers of a run; `about` says who runs them, `supervisor` is its process or None."""

    about: str
    supervisor: psutil.Process | None

    async def start(self) -> None:
        """Returns once workers poll.

        Raises:
            CommandError: They do not.
        """
        ...

    def living(self) -> set[int]:
        """Returns the processes of the workers that live."""
        ...

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the worker that has the workflow, or its activity, and returns when (UTC)."""
        ...

    async def replace(self) -> None:
        """Returns once every killed process's place is taken.

        Raises:
            CommandError: It is not.
        """
        ...

    async def newcomer(self, known: Collection[int]) -> int:
        """Returns the process of a replacement that is not among `known`, as soon as there is one."""
        ...


class PlainFleet:
    """Plain workers; killed ones are replaced by hand, as a process manager would.

    Args:
        target: Where they work.
        environment: Variables that they get besides the target's.
        workers: How many.
        command: What each runs.
    """

    supervisor: psutil.Process | None = None

    def __init__(
        self,
        target: Target,
        environment: Mapping[str, str] | None = None,
        *,
        workers: int = 1,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._target = target
        self._environment = environment
        self._places = workers
        self._command = command
        self._workers: list[WorkerProcess] = []
        self.about = "a plain one, as stock Temporal has it" if workers == 1 else f"{workers} plain ones"

    async def start(self) -> None:
        """Starts the workers."""
        await self.replace()

    def living(self) -> set[int]:
        """Returns the processes of the workers that live."""
        return {worker.pid for worker in self._workers if worker.running}

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the worker that has the workflow; with one worker, it holds everything."""
        return await kill(await holder_among(handle, self.living()))

    async def replace(self) -> None:
        """Starts a worker for each place that is not taken and waits until they poll."""
        while len(self.living()) < self._places:
            self._launch()
        for worker in self._workers:
            if worker.running:
                await worker.wait_until_polling()

    async def newcomer(self, known: Collection[int]) -> int:
        """Starts a worker and returns its process."""
        return self._launch().pid

    def _launch(self) -> WorkerProcess:
        worker = self._target.launch_worker(self._environment, command=self._command)
        self._workers.append(worker)
        return worker


class SupervisedFleet:
    """Workers under a supervisor, which notices a death itself, releases what was held and replaces.

    Args:
        target: Where they work.
        environment: Variables that they get besides the target's.
        workers: How many.
        command: What each runs; by default this project's worker.
    """

    def __init__(
        self,
        target: Target,
        environment: Mapping[str, str] | None = None,
        *,
        workers: int = SUPERVISED_WORKERS,
        command: Sequence[str] = (),
    ) -> None:
        self._target = target
        self._environment = environment
        self._places = workers
        self._command = [*SUPERVISOR, "--workers", str(workers), *(["--", *command] if command else [])]
        self.supervisor: psutil.Process | None = None
        self.about = f"{workers} under a supervisor"

    async def start(self) -> None:
        """Starts the supervisor and its workers."""
        await self.replace()

    def living(self) -> set[int]:
        """Returns the processes of the workers that live."""
        try:
            children = self.supervisor.children() if self.supervisor else []
        except psutil.NoSuchProcess:
            return set()
        return {process.pid for process in children if is_alive(process)}

    async def kill_holder(self, handle: Handle) -> datetime:
        """SIGKILLs the one of the workers that has the workflow, or any when the one that had it is dead."""
        return await kill(await holder_among(handle, self.living()))

    async def replace(self) -> None:
        """Starts a supervisor unless one lives, and waits until every place is taken by one that polls."""
        if self.supervisor is None or not is_alive(self.supervisor):
            worker = self._target.launch_worker(self._environment, command=self._command)
            self.supervisor = psutil.Process(worker.pid)
        await until(f"{self._places} workers poll", self._all_poll)

    async def newcomer(self, known: Collection[int]) -> int:
        """Waits for the supervisor's next worker and returns its process."""

        async def reached() -> bool:
            return bool(self.living() - set(known))

        await until("a replacement is started", reached)
        return min(self.living() - set(known))

    async def _all_poll(self) -> bool:
        living = self.living()
        if len(living) < self._places:
            return False
        try:
            return len(await polling(self._target.client, self._target.task_queue, living)) >= self._places
        except RPCError:  # the server was struck too
            return False


def fleet_of(
    target: Target,
    environment: Mapping[str, str] | None = None,
    *,
    supervised: bool,
    workers: int | None = None,
    command: Sequence[str] = (),
) -> Fleet:
    """Returns the workers of a run, not yet started; by default two supervised ones or a plain one."""
    if supervised:
        return SupervisedFleet(target, environment, workers=workers or SUPERVISED_WORKERS, command=command)
    return PlainFleet(target, environment, workers=workers or 1, command=command or COMMAND)
