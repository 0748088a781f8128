"""The supervisor's figures for Prometheus: its workers, deaths, releases, what is held and forwarded."""

import threading
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client import Counter as Total
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from temporal.recovery.death import Cause
from temporal.recovery.held import Kind

RELEASE_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
ADDED_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25)
"""Upper bounds in seconds."""


class Metrics:
    """Everything the supervisor counts, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deaths = Total(
            "recovery_worker_deaths", "Worker processes that ended", ["cause"], registry=self.registry
        )
        self.released = Total(
            "recovery_released_tasks", "Tasks given back for dead workers", ["kind"], registry=self.registry
        )
        self.release_seconds = Histogram(
            "recovery_release_seconds",
            "From the moment a worker's death is known to the release of what it held",
            buckets=RELEASE_BUCKETS,
            registry=self.registry,
        )
        self._added = Histogram(
            "recovery_gateway_added_seconds",
            "What the gateway adds to a call that is no poll",
            buckets=ADDED_BUCKETS,
            registry=self.registry,
        )
        self._calls = Total(
            "recovery_gateway_calls",
            "Calls forwarded, by method and answer",
            ["method", "code"],
            registry=self.registry,
        )
        # From zero on, so that Prometheus sees the first of each as an increase.
        for cause in Cause:
            self.deaths.labels(cause)
        for kind in Kind:
            self.released.labels(kind)
        self._by_call: dict[tuple[str, str], Total] = {}
        self._server: tuple[WSGIServer, threading.Thread] | None = None

    def forwarded(self, method: str, code: str, added: float | None) -> None:
        """Counts a call.

        Args:
            method: The full name, `/PACKAGE.SERVICE/METHOD`.
            code: The name of the answer's status code.
            added: The gateway's own share of the time it took, in seconds; None for a poll.
        """
        child = self._by_call.get((method, code))
        if child is None:
            child = self._by_call[method, code] = self._calls.labels(method.rpartition("/")[2], code)
        child.inc()
        if added is not None:
            self._added.observe(added)

    def watch(self, held: Callable[[], dict[str, int]], workers: Callable[[], dict[str, int]]) -> None:
        """Shows what workers hold, and how many are in each state, at the moment of each look."""
        self.registry.register(
            _Counted("recovery_held_tasks", "Tasks that living workers hold", "kind", held)
        )
        self.registry.register(_Counted("recovery_workers", "Worker processes that live", "state", workers))

    def serve(self, port: int, host: str = "127.0.0.1") -> None:
        """Answers Prometheus on a port of an address of this machine.

        Raises:
            OSError: The port is taken.
        """
        self._server = start_http_server(port, host, self.registry)

    def close(self) -> None:
        """Closes the port."""
        if self._server:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()


class _Counted(Collector):
    def __init__(self, name: str, about: str, label: str, counted: Callable[[], dict[str, int]]) -> None:
        self._of_family = (name, about, label)
        self._counted = counted

    def collect(self) -> Iterator[GaugeMetricFamily]:
        name, about, label = self._of_family
        family = GaugeMetricFamily(name, about, labels=[label])
        for value, count in self._counted().items():
            family.add_metric([value], count)
        yield family
