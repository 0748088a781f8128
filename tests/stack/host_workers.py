"""Workers on this host that poll a Compose stack."""

import uuid
from typing import Self

from temporal.chaos.worker_process import WorkerProcess
from tests.stack.compose_stack import Stack


class HostWorkers:
    """Workers on this host, on a task queue of the test's own; `with` kills what still runs at its end."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.task_queue = f"stack-{uuid.uuid4().hex[:8]}"
        self.started: list[WorkerProcess] = []

    def __enter__(self) -> Self:
        """Starts none yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Kills the workers."""
        for worker in self.started:
            worker.kill()

    async def start(self) -> WorkerProcess:
        """Starts a worker and returns once it polls."""
        worker = WorkerProcess(
            await self.stack.client(),
            self.task_queue,
            environment=self.stack.environment(self.task_queue) | {"WORKER_STICKY_TIMEOUT_SECONDS": "1"},
            log=self.stack.folder / f"{self.task_queue}.log",
        )
        self.started.append(worker)
        await worker.wait_until_polling()
        return worker
