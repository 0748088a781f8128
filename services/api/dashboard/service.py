"""Readings without Prometheus: what Temporal and supervisors of this machine tell while somebody looks."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from temporalio.client import Client

from services.api.dashboard.charts import CHARTS, QUANTILES
from services.api.dashboard.histories import Histories, Times
from services.api.dashboard.readings import Lines, Readings
from services.api.dashboard.supervisors import KINDS, STATES, Supervised, supervised
from services.api.figures.looking import Look, look
from services.api.temporal_link import TemporalLink

FRESH_SECONDS = 4.0
"""How old the last reading may be that another reader gets too, in seconds."""

KEPT_SECONDS = 1_800.0
"""How long readings are kept, in seconds."""

WINDOW_SECONDS = 60.0
"""Over how long percentiles are taken, in seconds."""

ENDS = {
    "Completed": "completed",
    "Failed": "failed",
    "Canceled": "canceled",
    "Terminated": "terminated",
    "TimedOut": "timed out",
    "ContinuedAsNew": "continued as new",
}
"""How a line is called, by the server's name of a status."""

Point = Mapping[str, Mapping[str, float | None]]
"""A value for each line of each chart."""


class Service:
    """Reads when somebody asks, and remembers.

    Args:
        temporal: The way to Temporal.
        task_queue: Whose backlog and histories are shown.
        recovery_dir: Where supervisors keep their status sockets.
        clock: The time, in seconds since 1970.
    """

    def __init__(
        self,
        temporal: TemporalLink,
        task_queue: str,
        recovery_dir: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._temporal = temporal
        self._queue = task_queue
        self._folder = recovery_dir
        self._clock = clock
        self._histories = Histories(task_queue)
        self._reading = asyncio.Lock()
        self._points: deque[tuple[float, Point]] = deque()
        self._times: deque[tuple[float, Times]] = deque()
        self._before: tuple[float, Look] | None = None

    async def readings(self) -> Readings:
        """Returns what is remembered, with a new reading unless the last one is fresh.

        Raises:
            Problem: Temporal does not answer (503).
            RPCError: It refuses.
        """
        async with self._reading:
            if not self._points or self._clock() - self._points[-1][0] >= FRESH_SECONDS:
                await self._read()
        return Readings(
            source="service",
            times=[at for at, _ in self._points],
            charts={chart.name: _lines(chart.name, [point for _, point in self._points]) for chart in CHARTS},
        )

    async def _read(self) -> None:
        seen, times = await self._temporal.ask(self._ask(self._temporal.client))
        told, now = await supervised(self._folder), self._clock()
        self._times.append((now, times))
        while self._times[0][0] < now - WINDOW_SECONDS:
            self._times.popleft()
        recent = [each for _, each in self._times]
        self._points.append((now, self._point(now, seen, recent, told)))
        while self._points[0][0] < now - KEPT_SECONDS:
            self._points.popleft()
        self._before = now, seen

    async def _ask(self, client: Client) -> tuple[Look, Times]:
        return await asyncio.gather(look(client, self._queue), self._histories.times(client))

    def _point(self, now: float, seen: Look, recent: Sequence[Times], told: Supervised | None) -> Point:
        return {
            "ended": self._ended(now, seen),
            "start": _percentiles([one for each in recent for one in each.start]),
            "steps": _percentiles([one for each in recent for one in each.steps]),
            "scheduled": _percentiles([one for each in recent for one in each.scheduled]),
            "backlog": {kind: queue.backlog for kind, queue in seen.queues.items()},
            "workers": {state: told.workers[state] for state in STATES} if told else {},
            "held": {kind: told.held[kind] for kind in KINDS} if told else {},
            "deaths": {"deaths": len(told.recoveries)} if told else {},
            "recovery": _percentiles(told.recoveries) if told else {},
            "approvals": {"waiting": seen.waiting, "overdue": seen.overdue},
        }

    def _ended(self, now: float, seen: Look) -> Mapping[str, float]:
        if self._before is None:
            return {}
        then, before = self._before
        return {
            # Fewer than before: those whose retention is over have gone.
            line: max(seen.workflows.get(status, 0) - before.workflows.get(status, 0), 0) / (now - then)
            for status, line in ENDS.items()
        }


def _percentiles(seconds: Sequence[float]) -> Mapping[str, float | None]:
    ordered = sorted(seconds)
    return {
        words: ordered[math.ceil(quantile * len(ordered)) - 1] if ordered else None
        for words, quantile in QUANTILES.items()
    }


def _lines(chart: str, points: Sequence[Point]) -> Lines:
    names = dict.fromkeys(name for point in points for name in point[chart])
    return {name: [point[chart].get(name) for point in points] for name in names}
