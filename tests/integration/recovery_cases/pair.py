"""Two of the cases' workers under a supervisor, run as a user does."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from temporalio.client import Client

from temporal.chaos.observation import until
from temporal.chaos.targets.environment import worker_environment
from temporal.workers.readiness import POLLED, pollers
from tests.integration.processes import is_alive
from tests.integration.recovery_cases.marks import FOLDER

WORKER = (sys.executable, "-m", "tests.integration.recovery_cases.worker")


class Pair:
    """A supervisor with its two workers.

    Args:
        address: Where Temporal is.
        folder: For its files; made if need be.
        variables: What its workers get besides the rest.
        options: The supervisor's own.
        command: The worker; its identity must begin with its process id and `@`, as every SDK has it.
        queue: The task queue; by default one of its own.
    """

    def __init__(
        self,
        address: str,
        folder: Path,
        variables: Mapping[str, str] | None = None,
        *,
        options: Sequence[str] = (),
        command: Sequence[str] = WORKER,
        queue: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.queue = queue or f"cases-{uuid.uuid4().hex[:8]}"
        environment = {
            **worker_environment(address, folder),
            FOLDER: str(folder),
            "TASK_QUEUE": self.queue,
            **(variables or {}),
        }
        with (folder / "supervisor.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "temporal.recovery", "--workers", "2", *options, "--", *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._supervisor = psutil.Process(self._process.pid)

    def workers(self) -> set[int]:
        """Returns the process ids of the living workers."""
        return {child.pid for child in self._supervisor.children() if is_alive(child)}

    async def ready(self, client: Client) -> None:
        """Returns once two workers live and poll."""

        async def reached() -> bool:
            found = [await pollers(client, self.queue, kind) for kind in POLLED]
            alive = self.workers()
            return len(alive) == 2 and all(alive <= {pid_of(name) for name in names} for names in found)

        await until(f"two workers poll {self.queue}", reached)

    async def marked(self, name: str) -> int:
        """Returns the process that left a mark, once one has."""

        async def reached() -> bool:
            return (self.folder / name).exists() and bool((self.folder / name).read_text())

        await until(f"mark {name}", reached)
        return int((self.folder / name).read_text())

    async def kill(self, pid: int) -> None:
        """SIGKILLs a worker and returns once the supervisor has collected it."""
        assert pid in self.workers()
        os.kill(pid, signal.SIGKILL)

        async def gone() -> bool:
            return not psutil.pid_exists(pid)

        await until(f"process {pid} is gone", gone)

    def close(self) -> None:
        """Kills the supervisor, and with it the workers."""
        workers = self._supervisor.children(recursive=True)
        self._process.kill()
        self._process.wait()
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        while any(is_alive(worker) for worker in workers):
            time.sleep(0.01)


def pid_of(identity: str) -> int:
    """Returns the process id with which an SDK's default identity begins; 0 if there is none."""
    number, at, _ = identity.partition("@")
    return int(number) if at and number.isdigit() else 0
