"""The Compose stack: Temporal and the effect record on PostgreSQL in containers, workers on this host."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from temporal.chaos.targets.stack import DATABASE, SERVER, Stack, remove_project
from temporal.chaos.targets.target import Target
from temporal.config import ConnectionSettings, StoreSettings
from temporal.store.database import open_store
from temporal.store.prepare import migrate


class ComposeTarget(Target):
    """A stack that runs; use it as an async context manager.

    Args:
        stack: The stack.
        folder: Where logs are kept.
        task_queue: The queue that the workers poll.
        relayed: Whether workers reach Temporal through `relay`.
    """

    def __init__(self, stack: Stack, folder: Path, *, task_queue: str, relayed: bool = False) -> None:
        super().__init__(folder, task_queue=task_queue, relayed=relayed)
        self._stack = stack
        self._killed: tuple[list[str], list[str]] = ([], [])

    async def _open(self, stack: AsyncExitStack) -> ConnectionSettings:
        return ConnectionSettings(address=self._stack.address)

    def _store_settings(self) -> StoreSettings:
        return StoreSettings(database_url=self._stack.database_url, data_dir=self.folder)

    def _variables(self) -> dict[str, str]:
        return {"DATABASE_URL": self._stack.database_url}

    async def kill_server(self, *, database: bool = False, server: bool = True) -> Sequence[int]:
        """SIGKILLs the server, PostgreSQL or both at once.

        Raises:
            CommandError: It does not run, or is not this user's to kill.
        """
        services = [*([SERVER] if server else []), *([DATABASE] if database else [])]
        starts = await self._stack.starts(services)
        self._killed = (services, starts)
        return await self._stack.sigkill(services)

    async def revive_server(self) -> None:
        """Waits until Docker has started again what was killed, and Temporal answers.

        Raises:
            CommandError: It does not come back.
        """
        await self._stack.healthy_again(*self._killed)
        await super().revive_server()

    @asynccontextmanager
    async def store_away(self) -> AsyncIterator[None]:
        """Lets nobody connect to the application's database meanwhile, and ends who is connected."""
        self.store.dispose()
        await self._stack.in_database("ALTER DATABASE app ALLOW_CONNECTIONS false")
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'app'"
        try:
            await self._stack.in_database(end)
            yield
        finally:
            await self._stack.in_database("ALTER DATABASE app ALLOW_CONNECTIONS true")


class ComposeSite:
    """One stack for all runs, one run at a time: what strikes the stack strikes every run.

    Args:
        folder: Where its passwords are kept.
        project: Its Compose project.
    """

    kind = "compose"
    side_by_side = 1

    def __init__(self, folder: Path, project: str) -> None:
        self._project = project
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stack = Stack(folder, project)

    async def __aenter__(self) -> Self:
        """Starts the stack and makes the effect record's tables.

        Raises:
            CommandError, StoreError: It does not start.
        """
        try:
            await self._stack.up()
            await asyncio.to_thread(self._migrate)
        except BaseException:
            await remove_project(self._project)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes the stack with its volumes."""
        await self._stack.down()

    def target(self, folder: Path, task_queue: str, *, own_server: bool, relayed: bool) -> Target:
        """Returns a target on the stack."""
        return ComposeTarget(self._stack, folder, task_queue=task_queue, relayed=relayed)

    def _migrate(self) -> None:
        store = open_store(StoreSettings(database_url=self._stack.database_url))
        try:
            migrate(store)
        finally:
            store.dispose()
