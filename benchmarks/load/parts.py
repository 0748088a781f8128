"""The parts of a load: more and more until it is too much, a backlog, many parked, and a long time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from benchmarks.load.arrivals import Arrivals, ended, offer
from benchmarks.load.processes import Usage
from benchmarks.load.service import CLIENT, WORKERS, Service
from benchmarks.load.work import DEMO, Approvals, Demos, Work

PATIENCE_SECONDS = 900.0
"""How long the last piece of work may take after the load has ended, in seconds."""

WARM_UP_SECONDS = 3.0
KEEPS_UP_SHARE = 0.95
"""A rate is sustained when so much of what comes also ends while it comes."""

STARTS_A_SECOND = 100.0
"""How fast a backlog or parked workflows are started."""

Progress = Callable[[str], None]
Kind = Callable[[Service], AbstractAsyncContextManager[Work]]


@dataclass(frozen=True)
class Step:
    """What one rate showed.

    Attributes:
        arrivals: What came and what became of it.
        seconds: How long work came.
        drained: How long after that the last piece ended, in seconds.
        usage: What each role of processes took while work came.
    """

    arrivals: Arrivals
    seconds: float
    drained: float
    usage: dict[str, Usage]

    @property
    def done_rate(self) -> float:
        """Pieces of work that ended a second, from the first due to the last end."""
        return len(self.arrivals.taken) / (self.seconds + self.drained)

    @property
    def sustained(self) -> bool:
        """Whether the service kept up."""
        return self.drained < self.seconds * (1 / KEEPS_UP_SHARE - 1) + 1.0

    @property
    def saturates(self) -> tuple[str, float]:
        """The role that takes most of the processors, and how many cores; the generator does not count."""
        return max(
            ((role, usage.cores) for role, usage in self.usage.items() if role != CLIENT),
            key=lambda one: one[1],
            default=("", 0.0),
        )


@asynccontextmanager
async def demos(up: Service) -> AsyncIterator[Work]:
    """Yields work for a client of Temporal."""
    yield Demos(up.target.client, up.target.task_queue)


@asynccontextmanager
async def approvals(up: Service) -> AsyncIterator[Work]:
    """Yields work for the API, asked for by somebody new."""
    async with up.caller() as (client, requester):
        yield Approvals(client, requester)


async def at_rate(up: Service, kind: Kind, rate: float, seconds: float, progress: Progress) -> Step:
    """Offers work at one rate, and waits for the last end."""
    progress(f"{rate:g} a second for {seconds:g} s")
    async with kind(up) as work:
        async with up.watch() as watch:
            arrivals = await offer(work, rate, seconds)
        drained = await _drained(up, work, arrivals, progress)
    return Step(arrivals, seconds, max(drained - work.waits, 0.0), watch.usage)


async def ramp(
    up: Service, kind: Kind, rates: Sequence[float], seconds: float, progress: Progress
) -> list[Step]:
    """Offers one rate after another, each once what came before has ended."""
    await at_rate(up, kind, rates[0], WARM_UP_SECONDS, progress)
    return [await at_rate(up, kind, rate, seconds, progress) for rate in rates]


async def backlog(up: Service, count: int, progress: Progress) -> Step:
    """Starts work while there is no worker, then the workers, and waits until it is drained."""
    progress(f"{count} starts without a worker")
    work, seconds = Demos(up.target.client, up.target.task_queue), count / STARTS_A_SECOND
    arrivals = await offer(work, STARTS_A_SECOND, seconds)
    await up.fleet.start()
    async with up.watch() as watch:
        drained = await _drained(up, work, arrivals, progress)
    return Step(arrivals, seconds, drained, watch.usage)


async def parked(up: Service, count: int, asleep_seconds: float, progress: Progress) -> Step:
    """Parks sleeping workflows on the workers' default cache, and waits until all have woken and ended.

    Args:
        up: The service.
        count: How many.
        asleep_seconds: How long each sleeps, in seconds: longer than it takes to start them all.
        progress: Told what comes next.
    """
    progress(f"parking {count}")
    asleep = replace(DEMO, sleep_seconds=asleep_seconds, steps=0)
    work, seconds = Demos(up.target.client, up.target.task_queue, asleep), count / STARTS_A_SECOND
    async with up.watch() as watch:
        arrivals = await offer(work, STARTS_A_SECOND, seconds)
        await asyncio.sleep(max(0.0, asleep_seconds - seconds))
        drained = await _drained(up, work, arrivals, progress)
    return Step(arrivals, seconds, drained, watch.usage)


async def _drained(up: Service, work: Work, arrivals: Arrivals, progress: Progress) -> float:
    """Waits for the last end, and returns how long that took, in seconds."""
    begun = time.monotonic()
    await ended(
        up.target.client, work, arrivals, PATIENCE_SECONDS, lambda left: progress(f"{left} have not ended")
    )
    return time.monotonic() - begun


def worker_megabytes(step: Step, workers: int) -> float:
    """Returns the most memory that a worker had, in MB: the mean of those that lived."""
    return step.usage[WORKERS].most_megabytes / workers
