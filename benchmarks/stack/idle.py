"""What the stack costs while it has nothing to do."""

import asyncio
import statistics
from dataclasses import dataclass

from benchmarks.stack.compose import BenchmarkStack, docker

REST_SECONDS = 10.0
"""How long it rests first, in seconds: what a start and a load leave behind is not counted."""

SAMPLES = 3
MEBIBYTES = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}


@dataclass(frozen=True, kw_only=True)
class Idle:
    """CPU in % of one core, memory in MiB: means of a few seconds."""

    server_cpu: float
    server_memory: float
    postgresql_cpu: float
    postgresql_memory: float


async def idle(stack: BenchmarkStack) -> Idle:
    """Lets the stack rest and looks at what it uses."""
    await asyncio.sleep(REST_SECONDS)
    samples = [await asyncio.to_thread(_sample, stack) for _ in range(SAMPLES)]
    cpu_s, memory_s, cpu_p, memory_p = (statistics.fmean(column) for column in zip(*samples, strict=True))
    return Idle(server_cpu=cpu_s, server_memory=memory_s, postgresql_cpu=cpu_p, postgresql_memory=memory_p)


def _sample(stack: BenchmarkStack) -> tuple[float, ...]:
    names = [stack.container(service) for service in ("temporal-server", "postgresql")]
    lines = docker("stats", "--no-stream", "--format", "{{.CPUPerc}} {{.MemUsage}}", *names).splitlines()
    return tuple(figure for line in lines for figure in _figures(line))


def _figures(line: str) -> tuple[float, float]:
    """Reads CPU and memory out of `1.50% 123.4MiB / 2GiB`."""
    cpu, memory = line.split()[:2]
    unit = memory[-3:]
    return float(cpu.rstrip("%")), float(memory[:-3]) * MEBIBYTES[unit]
