"""Work that comes at a fixed rate, whatever the service does, each piece timed from when it was due."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus

from benchmarks.load.work import RefusedError, Work

LOOK_SECONDS = 0.5
"""Pause between two looks at how many are left, in seconds."""


@dataclass
class Arrivals:
    """What came and what became of it.

    Attributes:
        rate: Pieces of work a second.
        due: When each was to start, by its workflow id.
        start_seconds: From when each was due to its acknowledgement, in seconds.
        refused: How many were not taken, by the code that was answered.
        taken: From when each was due to its end, without what it waits by itself, in seconds; only of those
            that have ended.
        failed: How many ended without success.
    """

    rate: float
    due: dict[str, datetime] = field(default_factory=dict)
    start_seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    taken: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def lost(self) -> int:
        """How many acknowledged starts have not come to an end."""
        return len(self.start_seconds) - len(self.taken) - self.failed


async def offer(work: Work, rate: float, seconds: float) -> Arrivals:
    """Starts work on time, also while answers to earlier starts are late; returns when all are answered.

    A piece is timed from when it was *due*: a client that waits for a slow service before it sends the next
    would not see what its users wait for (coordinated omission).
    """
    shown = Arrivals(rate)
    begun, at = time.monotonic(), datetime.now(UTC)

    async def start(due: float) -> None:
        try:
            workflow_id = await work.start()
        except RefusedError as refused:
            shown.refused[refused.code] += 1
            return
        shown.due[workflow_id] = at + timedelta(seconds=due)
        shown.start_seconds.append(time.monotonic() - begun - due)

    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(begun + number / rate - time.monotonic())
            group.create_task(start(number / rate))
    return shown


async def ended(
    client: Client, work: Work, shown: Arrivals, patience: float, progress: Callable[[int], None]
) -> None:
    """Waits until every acknowledged piece has ended, and times each by the server's own clock.

    Args:
        client: A connection to Temporal.
        work: What was offered.
        shown: What was started; gets `taken` and `failed`.
        patience: How long the last may take, in seconds.
        progress: Told how many have not ended.
    """
    end, closed = time.monotonic() + patience, f"{work.mine} AND ExecutionStatus != 'Running'"
    while (left := len(shown.due) - (await client.count_workflows(closed)).count) > 0:
        if time.monotonic() > end:
            break
        progress(left)
        await asyncio.sleep(LOOK_SECONDS)
    async for one in client.list_workflows(closed, page_size=1_000):
        if one.status is WorkflowExecutionStatus.COMPLETED and one.close_time is not None:
            shown.taken.append((one.close_time - shown.due[one.id]).total_seconds() - work.waits)
        else:
            shown.failed += 1
