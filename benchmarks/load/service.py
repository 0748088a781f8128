"""The whole service for a load: embedded engine, supervised workers, the effect record on SQLite."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

from benchmarks.load.processes import Watch
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.targets.embedded import EmbeddedTarget

SERVER, GATEWAY, WORKERS, CLIENT = "server", "supervisor", "workers", "load generator"


@dataclass(frozen=True)
class Service:
    """What is up.

    Attributes:
        target: The engine, its store and a connection.
        fleet: The workers; not started yet.
    """

    target: EmbeddedTarget
    fleet: SupervisedFleet

    def roles(self) -> dict[str, list[psutil.Process]]:
        """Returns the processes by what they do."""
        server, supervisor = self.target.engine.process(), self.fleet.supervisor
        return {
            SERVER: [server] if server else [],
            GATEWAY: [supervisor] if supervisor else [],
            WORKERS: [psutil.Process(pid) for pid in self.fleet.living()],
            CLIENT: [psutil.Process()],
        }

    def watch(self) -> Watch:
        """Returns what samples the processes."""
        return Watch(self.roles)


@asynccontextmanager
async def service(workers: int) -> AsyncIterator[Service]:
    """Brings up an engine of its own; the workers are started by whoever wants them.

    Args:
        workers: How many workers the supervisor is to have.

    Raises:
        CommandError: The engine does not start.
    """
    async with EmbeddedTarget() as target:
        yield Service(target, SupervisedFleet(target, workers=workers))
