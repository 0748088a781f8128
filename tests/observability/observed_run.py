"""Engine, supervised workers, API and Prometheus on this machine, all of whose metrics are scraped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporal.chaos.fleet import SUPERVISED_WORKERS, SupervisedFleet
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports
from temporal.config import EngineSettings
from temporal.engine import Engine
from tests.api.api_process import ApiProcess, api_process
from tests.observability.prometheus_server import PrometheusServer, prometheus
from tests.ports import first_of_free_ports


@dataclass(frozen=True, kw_only=True)
class ObservedRun:
    """What runs.

    Attributes:
        target: The engine and the workers' task queue.
        fleet: Its workers.
        api: The API's process.
        prometheus: It scrapes all of them each second.
    """

    target: EmbeddedTarget
    fleet: SupervisedFleet
    api: ApiProcess
    prometheus: PrometheusServer


@asynccontextmanager
async def observed_run(folder: Path) -> AsyncIterator[ObservedRun]:
    """Starts everything, and leaves nothing behind."""
    port, ui_port, engine_metrics, api_metrics = free_ports(4)
    first = first_of_free_ports(1 + 2 * SUPERVISED_WORKERS)
    settings = EngineSettings(
        port=port, ui_port=ui_port, metrics_port=engine_metrics, data_dir=folder / "engine"
    )
    engine = Engine(settings)
    async with AsyncExitStack() as stack:
        stack.callback(engine.stop)
        await asyncio.to_thread(engine.start)
        target = await stack.enter_async_context(EmbeddedTarget(folder / "target", engine=engine))
        fleet = SupervisedFleet(target, {"METRICS_PORT": str(first)})
        await fleet.start()
        api = await stack.enter_async_context(api_process(target, {"API_METRICS_PORT": str(api_metrics)}))
        targets = {
            "supervisor": [first],
            "worker": range(first + 1, first + 1 + 2 * SUPERVISED_WORKERS),
            "api": [api_metrics],
            "temporal": [engine_metrics],
        }
        server = stack.enter_context(prometheus(folder / "prometheus", targets))

        async def ready() -> bool:
            return await asyncio.to_thread(server.is_ready)

        await until("Prometheus is ready", ready)
        yield ObservedRun(target=target, fleet=fleet, api=api, prometheus=server)
