"""What each process of the service takes while work comes: processor, memory, open files."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 1.0
MEGABYTE = 1_000_000


@dataclass
class Usage:
    """What the processes of one role took together.

    Attributes:
        cores: Processor seconds a second, over the whole time.
        megabytes: Resident memory at each sample, in MB.
        files: Open file descriptors at each sample.
    """

    cores: float = 0.0
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    @property
    def most_megabytes(self) -> float:
        """The most memory at a time, in MB."""
        return max(self.megabytes, default=0.0)

    def drift(self) -> tuple[float, int]:
        """Returns by how much memory (MB) and files grew from the second fifth of the time to the last one.

        Caches fill in the first fifth; medians, because a sample may meet a collection or a burst.
        """
        return _middle(self.megabytes, 4) - _middle(self.megabytes, 1), round(
            _middle(self.files, 4) - _middle(self.files, 1)
        )


def _middle(of: "list[float] | list[int]", fifth: int) -> float:
    part = sorted(of[len(of) * fifth // 5 : len(of) * (fifth + 1) // 5])
    return float(part[len(part) // 2]) if part else 0.0


class Watch:
    """Samples processes by role until it is left; use it as an async context manager.

    Args:
        roles: Returns the processes of each role; asked again at every sample, because workers are replaced.

    Attributes:
        usage: What each role took; whole once the block is left.
    """

    def __init__(self, roles: Callable[[], Mapping[str, list[psutil.Process]]]) -> None:
        self._roles = roles
        self._cpu: dict[psutil.Process, tuple[str, float, float]] = {}
        self.usage: dict[str, Usage] = {}

    async def __aenter__(self) -> "Watch":
        """Begins to sample."""
        self._begun = time.monotonic()
        self._sample()
        self._sampling = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends it and adds up."""
        self._sampling.cancel()
        self._sample()
        seconds = time.monotonic() - self._begun
        for role, before, after in self._cpu.values():
            self.usage[role].cores += (after - before) / seconds

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            self._sample()

    def _sample(self) -> None:
        for role, processes in self._roles().items():
            usage = self.usage.setdefault(role, Usage())
            megabytes, files = 0.0, 0
            for process in processes:
                with suppress(psutil.Error):  # it has just ended
                    used = process.cpu_times()
                    now = float(used.user + used.system)
                    _, first, _ = self._cpu.get(process, (role, now, now))
                    self._cpu[process] = (role, first, now)
                    megabytes += process.memory_info().rss / MEGABYTE
                    files += process.num_fds()
            usage.megabytes.append(megabytes)
            usage.files.append(files)
