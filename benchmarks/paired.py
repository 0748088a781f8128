"""Modes of one workload measured in pairs: what one costs beside another, within a round."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.gateway.ways import all_cpu_seconds
from benchmarks.rounds import percentile
from benchmarks.workload import IN_FLIGHT


@dataclass(frozen=True)
class Sample:
    """One measurement of one mode.

    Attributes:
        throughput: Workflows a second, IN_FLIGHT under way.
        cpu: Processor milliseconds of all processes together for each workflow.
    """

    throughput: float
    cpu: float


Measured = Sequence[Mapping[str, Sample]]
"""A sample of each mode, by round."""


async def sample(run: Callable[[], Awaitable[None]], at_once: int) -> Sample:
    """Runs a workflow so often, IN_FLIGHT of them under way, and returns what that took."""
    places = asyncio.Semaphore(IN_FLIGHT)

    async def one() -> None:
        async with places:
            await run()

    cpu, begun = all_cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    seconds = time.perf_counter() - begun
    return Sample(throughput=at_once / seconds, cpu=1000 * (all_cpu_seconds() - cpu) / at_once)


async def rounds(
    names: Sequence[str],
    measure: Callable[[str], Awaitable[Sample]],
    count: int,
    progress: Callable[[str], None],
) -> Measured:
    """Measures every mode in every round, each time another one first, after a round that does not count."""
    measured = []
    for number in range(count + 1):
        first = number % len(names)
        of = {}
        for name in [*names[first:], *names[:first]]:
            progress(f"{name}, round {number} of {count}")
            of[name] = await measure(name)
        measured.append({name: of[name] for name in names})
    return measured[1:]


def lost(measured: Measured, mode: str, base: str) -> list[float]:
    """Returns the share of throughput that a mode lost beside `base`, by round."""
    return [1 - one[mode].throughput / one[base].throughput for one in measured]


def added(measured: Measured, mode: str, base: str) -> list[float]:
    """Returns the share of processor time that a mode added to a workflow beside `base`, by round."""
    return [one[mode].cpu / one[base].cpu - 1 for one in measured]


def modes_table(measured: Measured, base: str) -> Table:
    """Returns the modes as a table, each beside `base`."""
    shown = Table(title=f"Medians of {len(measured)} rounds (quartiles)", title_justify="left")
    for column in ("mode", "workflows/s", "CPU of all, ms each", "throughput lost", "CPU added"):
        shown.add_column(column, justify="left" if column == "mode" else "right")
    for mode in measured[0]:
        cells = [
            f"{statistics.median(shares):.1%} ({percentile(shares, 25):.1%} to {percentile(shares, 75):.1%})"
            for shares in (lost(measured, mode, base), added(measured, mode, base))
        ]
        shown.add_row(
            mode,
            f"{statistics.median(one[mode].throughput for one in measured):.1f}",
            f"{statistics.median(one[mode].cpu for one in measured):.1f}",
            *(("-", "-") if mode == base else cells),
        )
    return shown
