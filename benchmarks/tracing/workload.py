"""The workload and its modes: three activities, watched by nothing, by metrics, and by metrics and traces."""

import asyncio
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.paired import Sample as Sample
from benchmarks.paired import sample
from benchmarks.workload import ACTIVITIES, IN_FLIGHT, ThreeActivities, add_one
from temporal.chaos.targets.environment import free_ports
from temporal.client import NO_METRICS, connect
from temporal.config import ConnectionSettings, MetricsSettings, TracingSettings
from temporal.tracing.starting import OFF, start_tracing
from temporal.workers.counted_outcomes import CountedOutcomes

NEITHER, METRICS, BOTH = "neither", "metrics", "metrics and traces"


@contextmanager
def receiver() -> Iterator[str]:
    """Runs a receiver and yields where it is."""
    command = [sys.executable, "-m", "benchmarks.tracing.receiver"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


@asynccontextmanager
async def modes(client: Client) -> AsyncIterator[dict[str, Client]]:
    """Runs a worker for each mode, on a task queue of its name, and yields a client of each."""
    settings = ConnectionSettings(address=client.service_client.config.target_host)
    ports = free_ports(2)
    async with AsyncExitStack() as stack:
        url = await asyncio.to_thread(stack.enter_context, receiver())
        tracing = start_tracing(TracingSettings(endpoint=url), "benchmark")
        clients = {}
        for name, metrics, traces in (
            (NEITHER, NO_METRICS, OFF),
            (METRICS, MetricsSettings(port=ports[0]), OFF),
            (BOTH, MetricsSettings(port=ports[1]), tracing),
        ):
            clients[name] = await connect(settings, metrics=metrics, interceptors=traces.interceptors)
            await stack.enter_async_context(
                Worker(
                    clients[name],
                    task_queue=name,
                    workflows=[ThreeActivities],
                    activities=[add_one],
                    max_concurrent_activities=IN_FLIGHT,
                    max_concurrent_workflow_tasks=IN_FLIGHT,
                    interceptors=[CountedOutcomes()],
                )
            )
        yield clients
        await asyncio.to_thread(tracing.flush)


async def measure(client: Client, mode: str, at_once: int) -> Sample:
    """Runs the workload once in one mode."""

    async def one() -> None:
        handle = await client.start_workflow(ThreeActivities.run, id=uuid.uuid4().hex, task_queue=mode)
        assert await handle.result() == ACTIVITIES

    return await sample(one, at_once)
