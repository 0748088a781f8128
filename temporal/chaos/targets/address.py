"""A Temporal that runs already: never struck itself, only the workers that the harness starts for it."""

import os
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from temporal.chaos.targets.target import Target
from temporal.config import ConnectionSettings, load_settings


class AddressTarget(Target):
    """A Temporal at an address, with the user's namespace, credentials and TLS.

    Args:
        connection: How it is reached.
        folder: Where the effect record and logs are kept.
        task_queue: The queue that the workers poll: one of the harness's own.
        relayed: Whether workers reach Temporal through `relay`.
    """

    def __init__(
        self, connection: ConnectionSettings, folder: Path, *, task_queue: str, relayed: bool = False
    ) -> None:
        super().__init__(folder, task_queue=task_queue, relayed=relayed)
        self._given = connection

    def _variables(self) -> dict[str, str]:
        """Returns the user's own ways in: namespace, credentials, TLS, profile."""
        return {
            name: value
            for name, value in os.environ.items()
            if name.startswith("TEMPORAL_") and name != "TEMPORAL_ADDRESS"
        }

    async def _open(self, stack: AsyncExitStack) -> ConnectionSettings:
        return self._given


class AddressSite:
    """One Temporal for all runs, each on a task queue of its own.

    Args:
        address: HOST:PORT.
    """

    kind = "address"
    side_by_side = 2

    def __init__(self, address: str) -> None:
        self._connection = replace(load_settings().connection, address=address)

    async def __aenter__(self) -> Self:
        """Starts nothing."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends nothing."""

    def target(self, folder: Path, task_queue: str, *, own_server: bool, relayed: bool) -> Target:
        """Returns a target on it."""
        return AddressTarget(self._connection, folder, task_queue=task_queue, relayed=relayed)
