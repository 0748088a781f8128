"""A worker that is started before Temporal is up."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporal.chaos import scenarios
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.worker_process import WorkerProcess
from temporal.messages.durable_demo import DurableDemoInput
from tests.integration.restarts import kill_engine, start_engine

pytest_plugins = ["tests.integration.engine_fixtures"]


@asynccontextmanager
async def connecting_worker(target: EmbeddedTarget) -> AsyncIterator[WorkerProcess]:
    """A worker seen to try to connect, to a port at which nobody answers."""
    kill_engine(target)
    host, _, port = target.engine.address.partition(":")
    with socket.create_server((host, int(port))) as silent:
        silent.setblocking(False)
        worker = target.launch_worker()
        connection, _ = await asyncio.get_running_loop().sock_accept(silent)
        with connection:
            yield worker


async def test_it_connects_when_temporal_comes_up_later(own_target: EmbeddedTarget) -> None:
    async with connecting_worker(own_target) as worker:
        assert worker.running
    await start_engine(own_target)
    await worker.wait_until_polling()
    handle = await scenarios.start_demo(own_target, DurableDemoInput(sleep_seconds=0))
    assert (await handle.result()).name == "demo"


async def test_sigterm_while_it_is_still_connecting_exits_0(own_target: EmbeddedTarget) -> None:
    async with connecting_worker(own_target) as worker:
        worker.signal(signal.SIGTERM)
        assert await worker.ended() == 0
