"""What every target has: a Temporal, a store, and the workers that a run starts on them."""

import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine as Store
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client

from temporal.chaos.observation import until
from temporal.chaos.relay import Relay
from temporal.chaos.targets.environment import encryption_of, worker_environment
from temporal.chaos.worker_process import COMMAND, WorkerProcess
from temporal.client import connect
from temporal.command_line import FAILED, CommandError
from temporal.config import ConnectionSettings, Settings, StoreSettings
from temporal.store.database import open_store
from temporal.store.errors import StoreError
from temporal.store.prepare import prepare_store


class Target(ABC):
    """A Temporal to run workers on; use it as an async context manager.

    Args:
        folder: Where everything is kept; by default a temporary folder that goes with the run.
        environment: Variables that the workers get besides what leads them here.
        task_queue: The queue that the workers poll; one of its own keeps runs on one Temporal apart.
        relayed: Whether workers reach Temporal through `relay`, which can cut and slow the way.

    Attributes:
        client: A connection to it.
        address: Its gRPC, HOST:PORT.
        folder: Where the store and every worker's log are.
        store: The effect record that the workers use.
        task_queue: The queue that the workers poll.
        workers: Every worker that was started, in order.
        relay: The way from workers to Temporal; None unless `relayed`.
    """

    client: Client
    address: str
    folder: Path
    store: Store
    relay: Relay | None = None

    def __init__(
        self,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        task_queue: str = Settings().worker.task_queue,
        relayed: bool = False,
    ) -> None:
        self._folder = folder
        self._environment = dict(environment or {})
        self._relayed = relayed
        self._opened = AsyncExitStack()
        self.task_queue = task_queue
        self.workers: list[WorkerProcess] = []

    @abstractmethod
    async def _open(self, stack: AsyncExitStack) -> ConnectionSettings:
        """Makes Temporal be there, leaves its end to `stack`, and returns how it is reached."""

    def _store_settings(self) -> StoreSettings:
        return StoreSettings(data_dir=self.folder)

    def _variables(self) -> dict[str, str]:
        """Returns what a worker must be told besides the address and the folder."""
        return {}

    async def __aenter__(self) -> Self:
        """Makes Temporal be there and opens the store.

        Raises:
            CommandError, StoreError: One of them cannot be started.
        """
        async with AsyncExitStack() as stack:
            self.folder = self._folder or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="durable-workflows-"))
            )
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = await self._open(stack)
            self.address, self._connection = connection.address, connection
            encryption = encryption_of(self._environment)
            self.client = await connect(replace(connection, keyring=encryption.keyring))
            self.store = open_store(self._store_settings())
            stack.callback(self.store.dispose)
            prepare_store(self.store)
            address = self.address
            if self._relayed:
                self.relay = await stack.enter_async_context(Relay(address))
                address = self.relay.address
            stack.callback(self._kill_workers)
            self._environment = {
                **worker_environment(address, self.folder),
                **self._variables(),
                **encryption.environment(),
                "TASK_QUEUE": self.task_queue,
                **self._environment,
            }
            self._opened = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kills the workers, ends what was started for the target, removes the temporary folder."""
        await self._opened.aclose()

    async def start_worker(
        self, environment: Mapping[str, str] | None = None, *, command: Sequence[str] = COMMAND
    ) -> WorkerProcess:
        """Starts one more worker and returns once it polls; the arguments are `launch_worker`'s.

        Raises:
            CommandError: It does not start.
        """
        worker = self.launch_worker(environment, command=command)
        await worker.wait_until_polling()
        return worker

    def launch_worker(
        self, environment: Mapping[str, str] | None = None, *, command: Sequence[str] = COMMAND
    ) -> WorkerProcess:
        """Starts one more worker and does not wait until it polls.

        Args:
            environment: Variables of this worker alone, which win over the target's.
            command: What to run; by default this project's worker.
        """
        worker = WorkerProcess(
            self.client,
            self.task_queue,
            environment={**self._environment, **(environment or {})},
            log=self.folder / f"worker-{len(self.workers) + 1}.log",
            command=command,
        )
        self.workers.append(worker)
        return worker

    async def kill_server(self, *, database: bool = False, server: bool = True) -> Sequence[int]:
        """SIGKILLs Temporal, its database or both at once, and returns the processes that died.

        Raises:
            CommandError: It is not this run's to kill, or has no such part.
        """
        raise CommandError(f"{self.address} is not this run's to kill", FAILED)

    async def revive_server(self) -> None:
        """Returns once Temporal, killed before, answers again.

        Raises:
            CommandError: It does not.
        """
        await connect(self._connection)

    @asynccontextmanager
    async def store_away(self) -> AsyncIterator[None]:
        """Lets nobody write to the store meanwhile.

        Raises:
            CommandError: That cannot be done to this store.
        """
        if self.store.dialect.name != "sqlite":
            raise CommandError("the store is not this run's to take away", FAILED)
        with ExitStack() as held:

            async def taken() -> bool:
                try:
                    held.enter_context(self.store.begin())  # in SQLite that is the lock on all writing
                except (SQLAlchemyError, StoreError):  # a worker has it
                    return False
                return True

            await until("the store's lock is free", taken)
            yield

    def _kill_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
