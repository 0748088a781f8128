"""The last look at Temporal as gauges; while it does not answer there is only the one that says so."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services.api.figures.looking import Look

STATUSES = ("Running", "Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew", "TimedOut")
"""Shown from zero on, as the server names them."""


class Gauges(Collector):
    """Shows the last look.

    Attributes:
        seen: It; None before the first one, and while Temporal does not answer.
    """

    seen: Look | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields every gauge."""
        yield _gauge(
            "api_temporal_up", "Whether Temporal answered the last time it was asked", self.seen is not None
        )
        if self.seen is None:
            return
        workflows = GaugeMetricFamily(
            "workflows",
            "Workflows that the server knows, ended ones until their retention is over",
            labels=["status"],
        )
        for status, count in {**dict.fromkeys(STATUSES, 0), **self.seen.workflows}.items():
            workflows.add_metric([status], count)
        yield workflows
        yield _gauge("approvals_waiting", "Approvals that wait for a decision", self.seen.waiting)
        yield _gauge("approvals_overdue", "Of them, those whose deadline is over", self.seen.overdue)
        yield from self._queues(self.seen)

    def _queues(self, seen: Look) -> Iterator[GaugeMetricFamily]:
        pollers = GaugeMetricFamily("task_queue_pollers", "Pollers of the last five minutes", labels=["kind"])
        backlog = GaugeMetricFamily(
            "task_queue_backlog", "Tasks that wait for a worker, about", labels=["kind"]
        )
        age = GaugeMetricFamily(
            "task_queue_backlog_seconds", "The age of the oldest of them", labels=["kind"]
        )
        for kind, queue in seen.queues.items():
            pollers.add_metric([kind], queue.pollers)
            backlog.add_metric([kind], queue.backlog)
            age.add_metric([kind], queue.backlog_seconds)
        yield from (pollers, backlog, age)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)
