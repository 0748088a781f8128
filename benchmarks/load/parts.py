"""The parts of a load: more and more until it is too much, a backlog, many parked, and a long time."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.load.arrivals import WORK, Arrivals, ended, offer
from benchmarks.load.processes import Usage
from benchmarks.load.service import CLIENT, WORKERS, Service

PATIENCE_SECONDS = 900.0
"""How long the last piece of work may take after the load has ended, in seconds."""

WARM_UP_SECONDS = 3.0
KEEPS_UP_SHARE = 0.95
"""A rate is sustained when so much of what comes also ends while it comes."""

STARTS_A_SECOND = 100.0
"""How fast a backlog or parked workflows are started."""


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


async def at_rate(up: Service, rate: float, seconds: float, progress: Callable[[str], None]) -> Step:
    """Offers work at one rate, and waits for the last end."""
    progress(f"{rate:g} a second for {seconds:g} s")
    async with up.watch() as watch:
        arrivals = await offer(up.target.client, up.target.task_queue, rate, seconds, WORK)
    begun = time.monotonic()
    await ended(
        up.target.client, arrivals, PATIENCE_SECONDS, lambda left: progress(f"{rate:g} a second: {left} left")
    )
    return Step(arrivals, seconds, time.monotonic() - begun, watch.usage)


async def ramp(
    up: Service, rates: Sequence[float], seconds: float, progress: Callable[[str], None]
) -> list[Step]:
    """Offers one rate after another, each once what came before has ended."""
    await up.fleet.start()
    await at_rate(up, rates[0], WARM_UP_SECONDS, progress)
    return [await at_rate(up, rate, seconds, progress) for rate in rates]


async def backlog(up: Service, count: int, progress: Callable[[str], None]) -> Step:
    """Starts work while there is no worker, then the workers, and waits until it is drained."""
    progress(f"{count} starts without a worker")
    arrivals = await offer(
        up.target.client, up.target.task_queue, STARTS_A_SECOND, count / STARTS_A_SECOND, WORK
    )
    begun = time.monotonic()
    await up.fleet.start()
    async with up.watch() as watch:
        await ended(
            up.target.client, arrivals, PATIENCE_SECONDS, lambda left: progress(f"backlog: {left} left")
        )
    return Step(arrivals, count / STARTS_A_SECOND, time.monotonic() - begun, watch.usage)


async def parked(up: Service, count: int, asleep_seconds: float, progress: Callable[[str], None]) -> Step:
    """Parks sleeping workflows on the workers' default cache, and waits until all have woken and ended.

    What each took is without its sleep: how late it was.

    Args:
        up: The service.
        count: How many.
        asleep_seconds: How long each sleeps, in seconds: longer than it takes to start them all.
        progress: Told what comes next.
    """
    progress(f"parking {count}")
    await up.fleet.start()
    work = replace(WORK, sleep_seconds=asleep_seconds, steps=0)
    async with up.watch() as watch:
        seconds = count / STARTS_A_SECOND
        arrivals = await offer(up.target.client, up.target.task_queue, STARTS_A_SECOND, seconds, work)
        begun = time.monotonic()
        await asyncio.sleep(max(0.0, asleep_seconds - seconds))
        await ended(
            up.target.client, arrivals, PATIENCE_SECONDS, lambda left: progress(f"{left} asleep or waking")
        )
    arrivals.taken = [taken - asleep_seconds for taken in arrivals.taken]
    return Step(arrivals, seconds, time.monotonic() - begun, watch.usage)


def worker_megabytes(step: Step, workers: int) -> float:
    """Returns the most memory that a worker had, in MB: the mean of those that lived."""
    return step.usage[WORKERS].most_megabytes / workers
