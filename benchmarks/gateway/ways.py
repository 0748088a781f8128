"""The ways from a worker to the server: direct, through the supervisor's gateway, through temporal-proxy.

The same worker process runs at the end of each, on a task queue of its own. All are up during the whole run,
so that a measurement of one follows another's at once.
"""

import asyncio
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio.client import Client

from benchmarks.recovery.notes import Kind, NoteReader
from temporal.chaos.fleet import SUPERVISOR
from temporal.chaos.observation import until
from temporal.chaos.targets.environment import free_ports, worker_environment
from temporal.chaos.worker_process import WorkerProcess

DIRECT, GATEWAY, GO_PROXY = "direct", "gateway", "temporal-proxy"

STOP_SECONDS = 15.0
MEGABYTE = 1_000_000

PROXY_CONFIG = """\
hostPort: 127.0.0.1:{port}
upstreams:
  - name: server
    hostPort: {server}
routing:
  default: server
"""


@dataclass(frozen=True)
class Way:
    """A way that is up.

    Attributes:
        name: What the report calls it.
        queue: The task queue of its worker.
        middle: The process between the worker and the server; None for none.
    """

    name: str
    queue: str
    middle: psutil.Process | None

    def cpu_seconds(self) -> float:
        """Returns the processor time that the process in the middle has used."""
        return _cpu_seconds(self.middle) if self.middle else 0.0

    def rss_megabytes(self) -> float:
        """Returns the resident memory of the process in the middle."""
        return self.middle.memory_info().rss / MEGABYTE if self.middle else 0.0


def all_cpu_seconds() -> float:
    """Returns the processor time of this process and of all that it started and that still run."""
    this = psutil.Process()
    return sum(_cpu_seconds(process) for process in (this, *this.children(recursive=True)))


def _cpu_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


@asynccontextmanager
async def ways(client: Client, folder: Path, go_proxy: Path | None) -> AsyncIterator[list[Way]]:
    """Brings all ways up.

    Args:
        client: A connection to the server.
        folder: Where the processes write.
        go_proxy: Temporal's Go proxy, built; None leaves that way out.

    Raises:
        CommandError: A worker does not come up.
    """
    server = client.service_client.config.target_host
    async with AsyncExitStack() as stack:
        up = [
            await stack.enter_async_context(_way(client, folder, DIRECT, server)),
            await stack.enter_async_context(_way(client, folder, GATEWAY, server)),
        ]
        if go_proxy is not None:
            port, metrics = free_ports(2)
            config = folder / "proxy.yaml"
            config.write_text(PROXY_CONFIG.format(port=port, server=server))
            command = (
                str(go_proxy),
                "serve",
                "--config",
                str(config),
                "--metrics-addr",
                f"127.0.0.1:{metrics}",
            )
            proxy = await stack.enter_async_context(_process(client, folder, command, server))
            middle = psutil.Process(proxy.pid)
            up.append(
                await stack.enter_async_context(_way(client, folder, GO_PROXY, f"127.0.0.1:{port}", middle))
            )
        yield up


@asynccontextmanager
async def _way(
    client: Client, folder: Path, name: str, address: str, middle: psutil.Process | None = None
) -> AsyncIterator[Way]:
    queue = f"{name}-{uuid.uuid4().hex[:8]}"
    notes = folder / f"{queue}.notes"
    command: tuple[str, ...] = (sys.executable, "-m", "benchmarks.recovery.worker", queue, str(notes))
    if name == GATEWAY:
        command = (*SUPERVISOR, "--workers", "1", "--", *command)
    async with _process(client, folder, command, address) as process:

        async def up() -> bool:
            return any(note.kind is Kind.UP for note in NoteReader(notes).read())

        await until(f"the worker of {name} is up", up)
        yield Way(name, queue, psutil.Process(process.pid) if name == GATEWAY else middle)


@asynccontextmanager
async def _process(
    client: Client, folder: Path, command: Sequence[str], address: str
) -> AsyncIterator[WorkerProcess]:
    environment = worker_environment(address, folder) | {"TEMPORAL_NAMESPACE": client.namespace}
    process = WorkerProcess(
        client, "", environment=environment, log=folder / f"{uuid.uuid4().hex}.log", command=command
    )
    try:
        yield process
    finally:
        process.signal(signal.SIGTERM)
        await asyncio.wait([asyncio.create_task(process.ended())], timeout=STOP_SECONDS)
        process.kill()
