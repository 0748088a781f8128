"""What is measured on each way to the server: three activities one at a time, then many at once."""

import asyncio
import time
import uuid
from dataclasses import dataclass

from temporalio.client import Client

from benchmarks.gateway.ways import Way, all_cpu_seconds
from benchmarks.workload import ACTIVITIES, IN_FLIGHT, ThreeActivities
from temporal.command_line import FAILED, CommandError

PATIENCE_SECONDS = 120.0
"""How long one measurement may take, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One measurement of one way.

    Attributes:
        latency: Milliseconds of each workflow, from the start's call to the result, one at a time.
        throughput: Workflows a second, IN_FLIGHT under way.
        cpu: Processor milliseconds of the process in the middle for each workflow, at that throughput.
        all_cpu: The same of all processes together: server, worker, client and what is in the middle. On a
            machine that others use too it tells more than the throughput, which it bounds.
        rss: Resident memory of the process in the middle afterwards, in MB.
    """

    latency: list[float]
    throughput: float
    cpu: float
    all_cpu: float
    rss: float


async def measure(client: Client, way: Way, one_at_a_time: int, at_once: int) -> Sample:
    """Runs the workload once on one way.

    Args:
        client: A direct connection to the server: only the worker goes through what is in the middle.
        way: The way.
        one_at_a_time: Workflows whose latency is measured.
        at_once: Workflows whose throughput is measured.

    Raises:
        CommandError: It does not end in time.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            latency = [await _run_one(client, way.queue) for _ in range(one_at_a_time)]
            cpu, all_cpu, begun = way.cpu_seconds(), all_cpu_seconds(), time.perf_counter()
            places = asyncio.Semaphore(IN_FLIGHT)
            await asyncio.gather(*(_run_one(client, way.queue, places) for _ in range(at_once)))
            seconds = time.perf_counter() - begun
    except TimeoutError as error:
        raise CommandError(f"{way.name}: no end within {PATIENCE_SECONDS:g} s", FAILED) from error
    return Sample(
        latency=latency,
        throughput=at_once / seconds,
        cpu=1000 * (way.cpu_seconds() - cpu) / at_once,
        all_cpu=1000 * (all_cpu_seconds() - all_cpu) / at_once,
        rss=way.rss_megabytes(),
    )


async def _run_one(client: Client, queue: str, places: asyncio.Semaphore | None = None) -> float:
    async with places or asyncio.Semaphore():
        begun = time.perf_counter()
        handle = await client.start_workflow(
            ThreeActivities.run, id=f"gateway-{uuid.uuid4().hex}", task_queue=queue
        )
        assert await handle.result() == ACTIVITIES
        return 1000 * (time.perf_counter() - begun)
