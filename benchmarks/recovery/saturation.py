"""How many requests a second the workers sustain: what a load is a share of."""

import asyncio
import time

from benchmarks.recovery.fleet import Fleet
from benchmarks.recovery.load import run_request


async def saturation(fleet: Fleet, in_flight: int, seconds: float) -> float:
    """Returns the highest rate of requests that these workers sustain, in requests a second.

    So many requests are always under way; each that ends is followed by the next. The first third of the time
    fills the pipeline and is not counted.

    Args:
        fleet: The workers.
        in_flight: Requests under way; many more than end within a sleep.
        seconds: How long.
    """
    begun = time.monotonic()
    counted_from, end = begun + seconds / 3, begun + seconds
    ends: list[float] = []

    async def one_after_another() -> None:
        while time.monotonic() < end:
            await run_request(fleet)
            ends.append(time.monotonic())

    await asyncio.gather(*(one_after_another() for _ in range(in_flight)))
    return sum(counted_from < moment <= end for moment in ends) / (end - counted_from)
