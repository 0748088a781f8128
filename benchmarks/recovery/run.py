"""One run: which parts are measured, on which server, and in which order."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from temporalio.client import Client

from benchmarks.engines import running
from benchmarks.recovery.fleet import STOCK, STOCK_VARIANTS, SUPERVISED, Variant, working
from benchmarks.recovery.kills import Kills, kill_often
from benchmarks.recovery.load import Load, offer_load
from benchmarks.recovery.parked import Parked, park_and_kill
from benchmarks.recovery.rolling import Rolling, restart_often
from benchmarks.recovery.saturation import saturation
from benchmarks.stack import compose
from temporal.client import connect
from temporal.config import ConnectionSettings

FEW_PARKED = 100
"""What many parked workflows are compared with."""

IN_FLIGHT = 100
SATURATION_SECONDS = 45.0


class Part(StrEnum):
    """What can be measured."""

    KILLS = "kills"
    LOAD = "load"
    PARKED = "parked"
    ROLLING = "rolling"


@dataclass(frozen=True)
class Sizes:
    """How much of each part.

    Attributes:
        supervised_kills: Kills of supervised workers at each kill point, idle and as many busy.
        stock_kills: The same for each kind of stock workers.
        busy: Requests a second that busy workers have besides.
        rate: Requests a second of the loaded service; None for `share` of saturation.
        share: The load, as a share of saturation, unless `rate` is given.
        requests: Requests of each load.
        kill_every: Seconds from kill to kill under load.
        parked: Workflows parked.
        window: Over how many seconds their timers are spread.
        rolls: Workflows during rolling restarts.
        roll_seconds: How long those last.
        roll_every: Seconds from restart to restart.
    """

    supervised_kills: int
    stock_kills: int
    busy: float
    rate: float | None
    share: float
    requests: int
    kill_every: float
    parked: int
    window: float
    rolls: int
    roll_seconds: float
    roll_every: float


@dataclass
class Measured:
    """What a run showed; what it did not measure is empty. `saturation` is in requests a second."""

    kills: list[Kills] = field(default_factory=list)
    saturation: float | None = None
    loads: list[Load] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    rolling: list[Rolling] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """A run's server, place, sizes and progress line."""

    client: Client
    folder: Path
    sizes: Sizes
    progress: Callable[[str], None]

    async def measure(self, parts: list[Part]) -> Measured:
        """Measures the parts, one after another.

        Raises:
            CommandError: Workers do not come up, or workflows do not come to their kill points.
        """
        measured = Measured()
        if Part.KILLS in parts:
            measured.kills = await self._kills()
        if Part.LOAD in parts:
            await self._load(measured)
        if Part.PARKED in parts:
            measured.parked = [await self._parked(count) for count in (FEW_PARKED, self.sizes.parked)]
        if Part.ROLLING in parts:
            measured.rolling = [await self._rolling(variant) for variant in (STOCK, SUPERVISED)]
        return measured

    async def _kills(self) -> list[Kills]:
        idle, busy = 0.0, self.sizes.busy
        async with asyncio.TaskGroup() as group:
            # Side by side: after a kill, stock workers mostly wait for timeouts.
            stock = [
                group.create_task(self._kill(variant, self.sizes.stock_kills, load))
                for variant in STOCK_VARIANTS
                for load in (idle, busy)
            ]
        supervised = [
            await self._kill(SUPERVISED, self.sizes.supervised_kills, load) for load in (idle, busy)
        ]
        return [*(task.result() for task in stock), *supervised]

    async def _kill(self, variant: Variant, kills: int, busy: float) -> Kills:
        async with working(self.client, variant, self.folder) as fleet:
            return await kill_often(fleet, kills, busy, self.progress)

    async def _load(self, measured: Measured) -> None:
        rate, sizes = self.sizes.rate, self.sizes
        async with working(self.client, SUPERVISED, self.folder) as fleet:
            self.progress("supervised: saturation")
            measured.saturation = await saturation(fleet, IN_FLIGHT, SATURATION_SECONDS)
        if rate is None:
            rate = measured.saturation * sizes.share
        for variant, every in ((SUPERVISED, None), (SUPERVISED, sizes.kill_every), (STOCK, sizes.kill_every)):
            name = f"{variant.name}, {'kills' if every else 'no kill'}"
            async with working(self.client, variant, self.folder) as fleet:
                measured.loads.append(
                    await offer_load(fleet, name, rate, sizes.requests, every, self.progress)
                )

    async def _parked(self, count: int) -> Parked:
        async with working(self.client, SUPERVISED, self.folder, cache=2 * count) as fleet:
            return await park_and_kill(fleet, count, self.sizes.window, self.progress)

    async def _rolling(self, variant: Variant) -> Rolling:
        sizes = self.sizes
        async with working(self.client, variant, self.folder) as fleet:
            return await restart_often(
                fleet, sizes.rolls, sizes.roll_seconds, sizes.roll_every, self.progress
            )


COMPOSE = {"compose": compose.TUNED, "upstream": compose.UPSTREAM}
"""The Compose stack as the project ships it, and with the settings of Temporal's own samples."""


@asynccontextmanager
async def server(engine: str, cli: Path | None, target: str | None) -> AsyncIterator[tuple[Client, Path]]:
    """Yields a connection to the server to measure on, and a folder for what the workers write.

    Args:
        engine: The embedded engine as the project runs it, or stock, or one of COMPOSE.
        cli: The Temporal CLI for an embedded engine.
        target: HOST:PORT of a server that runs already, instead of these.

    Raises:
        CommandError: It cannot be started or reached.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-")))
        if target is None and engine in COMPOSE:
            started, _ = await stack.enter_async_context(compose.running(COMPOSE[engine]))
            client = await started.client()
        elif target is None and cli is not None:
            client = await stack.enter_async_context(running(engine, cli))
        else:
            client = await connect(ConnectionSettings(address=target or ConnectionSettings().address))
        yield client, folder
