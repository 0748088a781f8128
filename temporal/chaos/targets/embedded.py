"""The embedded engine: started for the run, or a running one that several runs share."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from temporal.chaos.observation import until
from temporal.chaos.targets.environment import free_ports
from temporal.chaos.targets.target import Target
from temporal.command_line import FAILED, CommandError
from temporal.config import ConnectionSettings, EngineSettings, Settings, load_settings
from temporal.dev_server import find_cli
from temporal.engine import Engine


class EmbeddedTarget(Target):
    """The embedded engine on free ports; use it as an async context manager.

    Args:
        folder: Where everything is kept; by default a temporary folder that goes with the run.
        environment: Variables that the workers get besides what leads them here.
        engine: A running engine to use and to leave running; by default one is started and stopped.
        task_queue: The queue that the workers poll; one of its own keeps runs on a shared engine apart.
        relayed: Whether workers reach the engine through `relay`.

    Attributes:
        engine: The Temporal dev server, running.
    """

    engine: Engine

    def __init__(
        self,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        engine: Engine | None = None,
        task_queue: str = Settings().worker.task_queue,
        relayed: bool = False,
    ) -> None:
        super().__init__(folder, environment, task_queue=task_queue, relayed=relayed)
        self._given_engine = engine

    async def _open(self, stack: AsyncExitStack) -> ConnectionSettings:
        if self._given_engine is None:
            self.engine = await new_engine(self.folder)
            stack.callback(self.engine.stop)
            await asyncio.to_thread(self.engine.start)
        else:
            self.engine = self._given_engine
        return ConnectionSettings(address=self.engine.address)

    async def kill_server(self, *, database: bool = False, server: bool = True) -> Sequence[int]:
        """SIGKILLs the engine, which must be the run's own; its database is a file.

        Raises:
            CommandError: It does not run, or other runs share it.
        """
        process = self.engine.process()
        if process is None or self._given_engine is not None:
            raise CommandError("the engine is not this run's to kill", FAILED)
        process.kill()
        await asyncio.to_thread(process.wait)
        return [process.pid]

    async def revive_server(self) -> None:
        """Starts the engine again on its data.

        Raises:
            CommandError: It does not start.
        """

        async def started() -> bool:
            try:
                await asyncio.to_thread(self.engine.start)
            except CommandError:  # the kernel frees a dead process's lock and ports in its own time
                return False
            return True

        await until("the engine runs again", started)


async def new_engine(folder: Path) -> Engine:
    """Returns an engine with its data in a folder and on free ports, not yet running.

    Raises:
        CommandError: There is no Temporal CLI.
    """
    # The user's CLI, or one downloaded before, and not one a run.
    cli = await asyncio.to_thread(find_cli, load_settings().engine)
    port, ui_port = free_ports(2)
    return Engine(EngineSettings(port=port, ui_port=ui_port, cli_path=cli, data_dir=folder))
