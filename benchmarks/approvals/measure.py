"""Measures a real API process and a real worker on the embedded engine, asked over HTTP by this process."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx

from benchmarks.approvals.figures import DECIDERS, WAITING, Figures
from benchmarks.approvals.office import Office
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports

PAGES = 20
AT_ONCE = 20
"""How many requests are made at once to have many waiting."""


async def decide(client: httpx.AsyncClient, approval: str) -> float:
    """Approves, and returns how long the answer took, in seconds."""
    begun = time.perf_counter()
    answer = await client.post(f"/approvals/{approval}/decisions", json={"outcome": "approved"})
    assert answer.status_code in (200, 409), answer.text
    return time.perf_counter() - begun


async def timed(seconds: list[float], call: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Adds how long a call took, which must succeed."""
    begun = time.perf_counter()
    (await call()).raise_for_status()
    seconds.append(time.perf_counter() - begun)


async def measure(decisions: int, waiting: int, progress: Callable[[str], None]) -> Figures:
    """Measures everything on an engine of its own.

    Raises:
        CommandError: The engine, the worker or the API does not start.
    """
    figures = Figures([], [], [], [], [])
    async with EmbeddedTarget() as target:
        [port] = free_ports(1)
        environment = {"API_PORT": str(port), "API_RATE_LIMIT": "1000000"}
        target.launch_worker(environment, command=(sys.executable, "-m", "services.signal_api"))
        await target.start_worker()
        office = Office(target, f"http://127.0.0.1:{port}")
        async with office.caller("ana") as ana, office.caller("bob") as bob:
            await until("the API is ready", lambda: _is_ready(ana))
            progress("decisions")
            await decide(bob, await office.ask(ana))  # the first one loads and connects
            for _ in range(decisions):
                approval = await office.ask(ana)
                begun = datetime.now(UTC)
                figures.answers.append(await decide(bob, approval))
                figures.decisions.append((await office.recorded_at(approval) - begun).total_seconds())
            progress(f"{DECIDERS} deciders at once")
            figures.at_once = await _at_once(office, await office.ask(ana))
            progress(f"{waiting} waiting")
            await _fill(office, ana, waiting)
            for _ in range(PAGES if waiting >= WAITING else 0):
                await timed(figures.pages, lambda: bob.get("/inbox"))
                await timed(figures.lists, lambda: bob.get("/approvals", params={"phase": "pending"}))
    return figures


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/ready")).status_code == 200
    except httpx.TransportError:
        return False


async def _at_once(office: Office, approval: str) -> list[float]:
    clients = [office.caller(f"decider-{number}") for number in range(DECIDERS)]
    try:
        await asyncio.gather(*(client.get("/health") for client in clients))  # they are connected by now
        return await asyncio.gather(*(decide(client, approval) for client in clients))
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


async def _fill(office: Office, ana: httpx.AsyncClient, waiting: int) -> None:
    for _ in range(0, waiting, AT_ONCE):
        await asyncio.gather(*(office.ask(ana, opened=False) for _ in range(AT_ONCE)))

    async def all_wait() -> bool:
        counted = await office.target.client.count_workflows("WorkflowPhase = 'pending'")
        return counted.count >= waiting

    if waiting:
        await until(f"{waiting} wait", all_wait, 600)
