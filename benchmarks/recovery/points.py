"""The kill points: what a worker is in the midst of when it is killed, and what is then timed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory

from benchmarks.recovery import lateness
from benchmarks.recovery.workflows import Waits
from temporal.chaos.continuation import Continuation

Handle = WorkflowHandle[Any, Any]
Late = Callable[[WorkflowHistory, datetime], Continuation | None]

GOLDEN = 0.618034
"""Its multiples, without their whole parts, spread evenly however many there are."""

SLEEPS = (1.5, 4.0)
"""Shortest and longest sleep of one to be hit, in seconds: it ends at any moment after the kill."""

QUERY_PATIENCE = timedelta(seconds=60)
SETTLE_SECONDS = 1.0
"""How long after the kill the signal of "waiting for a signal" comes, in seconds."""


@dataclass(frozen=True)
class Point:
    """A kill point.

    Attributes:
        name: What the report calls it.
        workflow: What waits there, by name, with its arguments, from a number that differs from workflow to
            workflow and the file that ends activities; None when it is started once the worker is killed.
        late: What is timed, from the history and the moment of the kill; None when `after` times it.
        after: What is done with the workflow once the worker is killed; returns the seconds that took.
        brief: Whether the workflow is there for a moment only.
        in_activity: Whether the worker has an activity of the workflow in hand.
        replays: Whether what is timed holds a replay, as it does without a kill on a worker that has not the
            workflow in memory.
    """

    name: str
    workflow: Callable[[int, str], tuple[str, Sequence[object]]] | None
    late: Late | None
    after: Callable[[Handle], Awaitable[float]] | None = None
    brief: bool = False
    in_activity: bool = False
    replays: bool = False


async def _signal(handle: Handle) -> float:
    begun = time.perf_counter()
    await handle.signal(Waits.go)
    return time.perf_counter() - begun


async def _signal_later(handle: Handle) -> float:
    await asyncio.sleep(SETTLE_SECONDS)
    return await _signal(handle)


async def _query(handle: Handle) -> float:
    begun = time.perf_counter()
    await handle.query(Waits.went, rpc_timeout=QUERY_PATIENCE)
    taken = time.perf_counter() - begun
    await _signal(handle)
    return taken


def _sleeper(number: int, let_go: str) -> tuple[str, Sequence[object]]:
    shortest, longest = SLEEPS
    return "Sleeps", [shortest + number * GOLDEN % 1 * (longest - shortest)]


def _waiter(number: int, let_go: str) -> tuple[str, Sequence[object]]:
    return "Waits", []


POINTS = (
    Point("sleep", _sleeper, lateness.timer_after),
    Point(
        "activity with heartbeat",
        lambda _, let_go: ("Holds", [let_go, True]),
        lateness.retry_after,
        in_activity=True,
    ),
    Point(
        "activity without heartbeat",
        lambda _, let_go: ("Holds", [let_go, False]),
        lateness.retry_after,
        in_activity=True,
    ),
    Point("within a workflow task", lambda *_: ("Blocks", []), lateness.first_task_again, brief=True),
    Point("waiting for a signal", _waiter, lateness.signal_after, _signal_later),
    Point("right after: signal", _waiter, lateness.signal_after, _signal),
    Point("right after: query", _waiter, None, _query, replays=True),
    Point("right after: start", None, lambda history, _: lateness.start(history)),
)
