"""The API's registry and its port: what Prometheus asks, and the looks at Temporal that keep it true."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.process_collector import ProcessCollector
from temporalio.service import RPCError

from services.api.figures.disk import Disk
from services.api.figures.gauges import Gauges
from services.api.figures.looking import look
from services.api.figures.requests import RequestFigures
from services.api.problems import Problem
from services.api.settings import ServiceSettings
from services.api.temporal_link import TemporalLink
from temporal.command_line import FAILED, CommandError

LOOK_SECONDS = 5.0
"""How often Temporal is asked, in seconds; a third of Prometheus' usual interval."""

log = logging.getLogger(__name__)


class Figures:
    """Everything that the API shows, in a registry of its own.

    Args:
        data_dir: A folder on the disk whose free space is shown.

    Attributes:
        registry: It.
        requests: Counts requests.
        gauges: Shows the last look at Temporal.
    """

    def __init__(self, data_dir: Path) -> None:
        self.registry = CollectorRegistry()
        self.requests = RequestFigures(self.registry)
        self.gauges = Gauges()
        self.registry.register(self.gauges)
        self.registry.register(Disk(data_dir))
        ProcessCollector(registry=self.registry)

    async def keep_looking(self, temporal: TemporalLink, task_queue: str) -> None:
        """Looks at Temporal again and again, until it is canceled."""
        said = ""
        while True:
            try:
                self.gauges.seen, problem = await temporal.ask(look(temporal.client, task_queue)), ""
            except (Problem, RPCError) as error:
                self.gauges.seen, problem = None, type(error).__name__
                if problem != said:
                    log.warning("no figures of Temporal: %s", error)
            said = problem
            await asyncio.sleep(LOOK_SECONDS)

    @contextmanager
    def served(self, settings: ServiceSettings) -> Iterator[None]:
        """Answers Prometheus on the port that the settings name, if they do, until the block is left.

        Raises:
            CommandError: The port is taken (exit code 1).
        """
        host, port = settings.core.metrics.host, settings.api.metrics_port
        if not port:
            yield
            return
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise CommandError(
                f"METRICS_HOST={host!r}, API_METRICS_PORT={str(port)!r}: {error.strerror}", FAILED
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
