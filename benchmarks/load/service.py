"""The whole service for a load: embedded engine, supervised workers, the effect record on SQLite, the API."""

import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from benchmarks.load.processes import Watch
from services.api.settings import ApiSettings
from services.token import make_token
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports

SERVER, GATEWAY, WORKERS, API, CLIENT = "server", "supervisor", "workers", "api", "load generator"

HOUR = 3_600.0
CONNECTIONS = httpx.Limits(max_connections=1_000, max_keepalive_connections=100)
"""Enough for every request that waits: the generator must not be what holds the next one back."""

PATIENCE_SECONDS = 120.0
"""How long a request may wait for its answer, in seconds: longer than the API lets any wait."""


@dataclass
class Service:
    """What is up.

    Attributes:
        target: The engine, its store and a connection.
        fleet: The workers.
        url: Where the API answers; empty without one.
        api: Its process; None without one.
    """

    target: EmbeddedTarget
    fleet: SupervisedFleet
    url: str = ""
    api: psutil.Process | None = None

    def roles(self) -> dict[str, list[psutil.Process]]:
        """Returns the processes by what they do."""
        server, supervisor = self.target.engine.process(), self.fleet.supervisor
        roles = {
            SERVER: [server] if server else [],
            GATEWAY: [supervisor] if supervisor else [],
            WORKERS: [psutil.Process(pid) for pid in self.fleet.living()],
            CLIENT: [psutil.Process()],
        }
        return roles | ({API: [self.api]} if self.api else {})

    def watch(self) -> Watch:
        """Returns what samples the processes."""
        return Watch(self.roles)

    async def start_api(self) -> None:
        """Starts the API and waits until it is ready. One caller makes all requests: its limit is lifted."""
        [port] = free_ports(1)
        environment = {"API_PORT": str(port), "API_RATE_LIMIT": "1000000"}
        started = self.target.launch_worker(
            environment, command=(sys.executable, "-m", "services.signal_api")
        )
        self.url, self.api = f"http://127.0.0.1:{port}", psutil.Process(started.pid)
        async with self.caller() as (client, _):

            async def ready() -> bool:
                try:
                    return (await client.get("/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until("the API is ready", ready)

    @asynccontextmanager
    async def caller(self) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
        """Yields a client of the API with a token, and whose it is: somebody new."""
        subject = f"load-{uuid.uuid4().hex[:8]}"
        token = make_token(ApiSettings(data_dir=self.target.folder), subject, [], [], HOUR)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, limits=CONNECTIONS, timeout=PATIENCE_SECONDS
        ) as client:
            yield client, subject


@asynccontextmanager
async def service(workers: int, *, started: bool = True) -> AsyncIterator[Service]:
    """Brings up an engine of its own, and workers.

    Args:
        workers: How many workers the supervisor is to have.
        started: Whether they are started; else whoever wants them starts `fleet`.

    Raises:
        CommandError: The engine or the workers do not start.
    """
    async with EmbeddedTarget() as target:
        up = Service(target, SupervisedFleet(target, workers=workers))
        if started:
            await up.fleet.start()
        yield up
