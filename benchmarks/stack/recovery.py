"""How long the stack takes from a SIGKILL of its server or its database until workflows go on."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Worker

from benchmarks.stack.compose import BenchmarkStack, docker
from benchmarks.stack.workload import TAKEN, TASK_QUEUE, Steps, tick
from temporal.command_line import FAILED, CommandError

WORKFLOWS = 8
LOOK_SECONDS = 0.02

PATIENCE_SECONDS = 90.0
"""How long a recovery may take, in seconds, before it counts as none."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Seconds after a SIGKILL.

    Attributes:
        serving: From the server's SIGKILL until it acknowledges the start of a workflow.
        ready: From PostgreSQL's SIGKILL until its health check passes.
        first_step: From then until a workflow that was in flight takes its next step.
        every_step: From then until each of the eight has taken one.
    """

    serving: float
    ready: float
    first_step: float
    every_step: float


async def recovery(stack: BenchmarkStack) -> Recovery:
    """Kills the server, then PostgreSQL, under eight workflows that take steps all the time.

    Raises:
        CommandError: Something did not come back in time.
    """
    client = await stack.client()
    worker = Worker(client, task_queue=TASK_QUEUE, workflows=[Steps], activities=[tick])
    async with worker:
        handles = [await _start(client) for _ in range(WORKFLOWS)]
        await _every_one_steps(time.perf_counter())
        killed = time.perf_counter()
        stack.sigkill("temporal-server")
        await _until("the server acknowledges a start", lambda: _acknowledged(client))
        serving = time.perf_counter() - killed
        await _every_one_steps(time.perf_counter())

        killed = time.perf_counter()
        stack.sigkill("postgresql")
        await _until("PostgreSQL is ready", lambda: _accepts(stack))
        ready = time.perf_counter()
        await _until("a workflow takes a step", lambda: _stepped(ready, 1))
        first = min(at for _, at in TAKEN if at > ready)
        await _every_one_steps(ready)
        seen = {name: at for name, at in reversed(TAKEN) if at > ready}
        for handle in handles:
            await handle.terminate()
    return Recovery(
        serving=serving,
        ready=ready - killed,
        first_step=first - ready,
        every_step=max(seen.values()) - ready,
    )


async def _start(client: Client) -> WorkflowHandle[Steps, None]:
    return await client.start_workflow(Steps.run, id=f"steps-{uuid.uuid4().hex}", task_queue=TASK_QUEUE)


async def _acknowledged(client: Client) -> bool:
    with suppress(RPCError):
        handle = await client.start_workflow(
            Steps.run,
            id=f"probe-{uuid.uuid4().hex}",
            task_queue=f"{TASK_QUEUE}-nobody",
            rpc_timeout=timedelta(seconds=1),
        )
        await handle.terminate(rpc_timeout=timedelta(seconds=5))
        return True
    return False


async def _accepts(stack: BenchmarkStack) -> bool:
    with suppress(CommandError):
        check = ("pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres")
        await asyncio.to_thread(docker, "exec", stack.container("postgresql"), *check)
        return True
    return False


async def _stepped(since: float, workflows: int) -> bool:
    return len({name for name, at in TAKEN if at > since}) >= workflows


async def _every_one_steps(since: float) -> None:
    await _until("every workflow takes a step", lambda: _stepped(since, WORKFLOWS))


async def _until(what: str, reached: Callable[[], Awaitable[bool]]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await reached():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise CommandError(f"not seen within {PATIENCE_SECONDS:g} s: {what}", FAILED) from None
