"""What a chaos run works on: an engine, a store and workers of its own, in one folder, gone with the run."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine as Store
from temporalio.client import Client

from temporal.chaos.worker_process import COMMAND, WorkerProcess
from temporal.client import connect
from temporal.config import (
    SECTIONS,
    ConnectionSettings,
    EngineSettings,
    Settings,
    StoreSettings,
    load_settings,
)
from temporal.dev_server import find_cli
from temporal.engine import Engine
from temporal.settings import settings_of
from temporal.store.database import open_store
from temporal.store.prepare import prepare_store


class EmbeddedTarget:
    """The embedded engine on free ports; use it as an async context manager.

    Args:
        folder: Where everything is kept; by default a temporary folder that goes with the run.
        environment: Variables that the workers get besides what leads them here.
        engine: A running engine to use and to leave running; by default one is started and stopped.
        task_queue: The queue that the workers poll; one of its own keeps runs on a shared engine apart.

    Attributes:
        engine: The Temporal dev server, running.
        client: A connection to it.
        folder: Where the store, every worker's log and, unless it was given, the engine's files are.
        store: The effect record that the workers use.
        task_queue: The queue that the workers poll.
        workers: Every worker that was started, in order.
    """

    engine: Engine
    client: Client
    folder: Path
    store: Store

    def __init__(
        self,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        engine: Engine | None = None,
        task_queue: str = Settings().worker.task_queue,
    ) -> None:
        self._folder = folder
        self._environment = dict(environment or {})
        self._given_engine = engine
        self._opened = AsyncExitStack()
        self.task_queue = task_queue
        self.workers: list[WorkerProcess] = []

    async def __aenter__(self) -> Self:
        """Starts the engine and opens the store.

        Raises:
            CommandError, StoreError: One of them cannot be started.
        """
        async with AsyncExitStack() as stack:
            folder = self._folder or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="durable-workflows-"))
            )
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._given_engine is None:
                # The user's CLI, or one downloaded before, and not one a run.
                cli = await asyncio.to_thread(find_cli, load_settings().engine)
                port, ui_port = free_ports(2)
                settings = EngineSettings(port=port, ui_port=ui_port, cli_path=cli, data_dir=folder)
                self.engine = Engine(settings)
                stack.callback(self.engine.stop)
                await asyncio.to_thread(self.engine.start)
            else:
                self.engine = self._given_engine
            self.client = await connect(ConnectionSettings(address=self.engine.address))
            self.store = open_store(StoreSettings(data_dir=folder))
            stack.callback(self.store.dispose)
            prepare_store(self.store)
            stack.callback(self._kill_workers)
            self._environment = {
                **worker_environment(self.engine.address, folder),
                "TASK_QUEUE": self.task_queue,
                **self._environment,
            }
            self.folder = folder
            self._opened = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kills the workers, stops the engine, removes the temporary folder."""
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

    def _kill_workers(self) -> None:
        for worker in self.workers:
            worker.kill()


def worker_environment(address: str, folder: Path) -> dict[str, str]:
    """Returns this process's variables, without its settings, plus what leads a worker to a target.

    The user's own Temporal profile is kept out too: it could send an API key, or TLS, to the engine.
    """
    ours = {entry.variable for section in SECTIONS for entry in settings_of(section).values()}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("TEMPORAL_")
    }
    profiles = folder / "no-profiles.toml"
    profiles.touch()
    return inherited | {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_CONFIG_FILE": str(profiles),
        "DATA_DIR": str(folder),
    }


def free_ports(count: int) -> list[int]:
    """Returns ports of 127.0.0.1 that nobody uses at the moment, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
