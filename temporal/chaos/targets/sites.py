"""Where a whole campaign runs: a site makes the target of each run."""

from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.target import Target
from temporal.engine import Engine


class Site(Protocol):
    """Where a campaign runs; an async context manager.

    Attributes:
        kind: `embedded`, `compose` or `address`.
        side_by_side: How many runs may go at once.
    """

    kind: str
    side_by_side: int

    async def __aenter__(self) -> Self:
        """Makes what all runs share."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends what all runs shared."""
        ...

    def target(
        self,
        folder: Path,
        task_queue: str,
        *,
        own_server: bool,
        relayed: bool,
    ) -> Target:
        """Returns the target of a run, not yet open.

        Args:
            folder: Where the run keeps everything.
            task_queue: Its queue.
            own_server: Whether the run strikes the server.
            relayed: Whether its workers go through the relay.
        """
        ...


class EmbeddedSite:
    """Embedded engines: one that the runs share, and one of its own for each run that strikes it.

    Args:
        folder: Where the shared engine keeps its data.
    """

    kind = "embedded"
    side_by_side = 4

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine: Engine | None = None
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Starts the shared engine.

        Raises:
            CommandError: It does not start.
        """
        async with AsyncExitStack() as stack:
            shared = await stack.enter_async_context(EmbeddedTarget(self._folder))
            self._engine = shared.engine
            self._opened = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the shared engine."""
        await self._opened.aclose()

    def target(
        self,
        folder: Path,
        task_queue: str,
        *,
        own_server: bool,
        relayed: bool,
    ) -> Target:
        """Returns a target on the shared engine, or on one of its own."""
        engine = None if own_server else self._engine
        return EmbeddedTarget(folder, engine=engine, task_queue=task_queue, relayed=relayed)
