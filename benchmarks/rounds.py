"""One engine, measured: a start's round trip and a workflow's whole time one at a time, then throughput."""

import asyncio
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from temporalio.client import Client

from benchmarks.engines import STOCK, TUNED, running
from benchmarks.workload import ACTIVITIES, IN_FLIGHT, TASK_QUEUE, ThreeActivities, worker
from temporal.command_line import FAILED, CommandError

WARM_UP = 3
"""Workflows that are not counted: the first pays for connections, caches and imports."""

ONE_AT_A_TIME = 20
AT_ONCE = 2 * IN_FLIGHT

PATIENCE_SECONDS = 120.0
"""How long one round may take, in seconds; 15 on the stock engine on two idle cores."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One engine's figures, of one round or of several; times are in milliseconds.

    Attributes:
        start_p50: Round trip of `client.start_workflow`, a worker being idle.
        start_p95: The same.
        latency_p50: From a start's call to the result in hand, three activities, one workflow at a time.
        latency_p95: The same.
        throughput: Workflows a second, 50 in flight, up to the end of the last.
    """

    start_p50: float
    start_p95: float
    latency_p50: float
    latency_p95: float
    throughput: float


async def compare(cli: Path, rounds: int, progress: Callable[[str], None]) -> dict[str, list[Figures]]:
    """Measures both engines in turn, so that both meet the same machine, and only one runs at a time.

    Args:
        cli: The Temporal CLI.
        rounds: How often each.
        progress: Told what comes next.

    Raises:
        CommandError: An engine does not start, or a round does not end in time.
    """
    measured: dict[str, list[Figures]] = {TUNED: [], STOCK: []}
    for number in range(1, rounds + 1):
        for engine, figures in measured.items():
            progress(f"three activities, {engine} engine, round {number} of {rounds}")
            async with running(engine, cli) as client:
                figures.append(await one_round(client))
    return measured


async def one_round(client: Client, one_at_a_time: int = ONE_AT_A_TIME, at_once: int = AT_ONCE) -> Figures:
    """Runs the workload once on one engine.

    Args:
        client: A connection to the engine.
        one_at_a_time: Workflows whose latency is measured.
        at_once: Workflows whose throughput is measured.

    Raises:
        CommandError: It does not end in time.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), worker(client):
            for _ in range(WARM_UP):
                await _run_one(client)
            alone = [await _run_one(client) for _ in range(one_at_a_time)]
            places, begun = asyncio.Semaphore(IN_FLIGHT), time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(_run_one(client, places))
            seconds = time.perf_counter() - begun
    except TimeoutError as error:
        raise CommandError(f"a round did not end within {PATIENCE_SECONDS:g} s", FAILED) from error
    starts, latencies = [start for start, _ in alone], [latency for _, latency in alone]
    return Figures(
        start_p50=percentile(starts, 50),
        start_p95=percentile(starts, 95),
        latency_p50=percentile(latencies, 50),
        latency_p95=percentile(latencies, 95),
        throughput=at_once / seconds,
    )


async def _run_one(client: Client, places: asyncio.Semaphore | None = None) -> tuple[float, float]:
    """Runs one workflow; returns the milliseconds until its start was acknowledged and until its result."""
    async with places or asyncio.Semaphore():
        begun = time.perf_counter()
        handle = await client.start_workflow(
            ThreeActivities.run, id=f"benchmark-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
        )
        started = time.perf_counter()
        assert await handle.result() == ACTIVITIES
        return (started - begun) * 1000, (time.perf_counter() - begun) * 1000


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns the smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    rank = -(-percent * len(values) // 100)
    return sorted(values)[max(rank, 1) - 1]


def median(rounds: Sequence[Figures]) -> Figures:
    """Returns the median over the rounds, of each figure by itself."""
    return Figures(
        **{
            one.name: statistics.median(getattr(figures, one.name) for figures in rounds)
            for one in fields(Figures)
        }
    )
