"""Work that comes at a fixed rate, whatever the service does, each piece timed from when it was due."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from temporal.messages.durable_demo import DurableDemoInput

WORK = DurableDemoInput(name="load", sleep_seconds=0.0, steps=1)
"""One piece of work: three activities with an effect each, and a timer of no length."""

LOOK_SECONDS = 0.5
"""Pause between two looks at how many are left, in seconds."""


@dataclass
class Arrivals:
    """What came and what became of it.

    Attributes:
        rate: Pieces of work a second.
        due: When each was to start, by its workflow id.
        start_seconds: From when each was due to the server's acknowledgement, in seconds.
        refused: How many starts the server refused, by its status code.
        taken: From when each was due to its end, in seconds; without those that have not ended.
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


async def offer(
    client: Client, task_queue: str, rate: float, seconds: float, work: DurableDemoInput
) -> Arrivals:
    """Starts work on time, also while answers to earlier starts are late; returns when all are answered.

    A piece is timed from when it was *due*: a client that waits for a slow service before it sends the next
    would not see what its users wait for (coordinated omission).
    """
    shown, prefix = Arrivals(rate), f"load-{uuid.uuid4().hex[:8]}"
    begun, at = time.monotonic(), datetime.now(UTC)

    async def start(number: int) -> None:
        workflow_id, due = f"{prefix}-{number}", number / rate
        try:
            await client.start_workflow("DurableDemoWorkflow", work, id=workflow_id, task_queue=task_queue)
        except RPCError as error:
            shown.refused[error.status.name] += 1
            return
        shown.due[workflow_id] = at + timedelta(seconds=due)
        shown.start_seconds.append(time.monotonic() - begun - due)

    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(begun + number / rate - time.monotonic())
            group.create_task(start(number))
    return shown


async def ended(
    client: Client, shown: Arrivals, patience: float, progress: Callable[[int], None] = lambda left: None
) -> None:
    """Waits until every acknowledged piece has ended, and times each by the server's own clock.

    Args:
        client: A connection to the server.
        shown: What was started; gets `taken` and `failed`.
        patience: How long the last may take, in seconds.
        progress: Told how many have not ended.
    """
    end, prefix = time.monotonic() + patience, next(iter(shown.due), "").rpartition("-")[0]
    mine = f"WorkflowId STARTS_WITH '{prefix}-'"
    while (left := await _open(client, mine)) and time.monotonic() < end:
        progress(left)
        await asyncio.sleep(LOOK_SECONDS)
    async for one in client.list_workflows(f"{mine} AND ExecutionStatus != 'Running'", page_size=1_000):
        if one.status is WorkflowExecutionStatus.COMPLETED and one.close_time is not None:
            shown.taken.append((one.close_time - shown.due[one.id]).total_seconds())
        else:
            shown.failed += 1


async def _open(client: Client, mine: str) -> int:
    return (await client.count_workflows(f"{mine} AND ExecutionStatus = 'Running'")).count
