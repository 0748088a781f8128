"""SIGKILL of the server, with or without everything that works for it."""

import asyncio
from datetime import UTC, datetime

from temporal.chaos.bounds import SERVER_GONE
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.faults.processes import kill_all
from temporal.chaos.observation import Handle
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run


async def _kill_server(run: Run, handle: Handle, point: Point) -> Landing:
    at = datetime.now(UTC)
    pids = tuple(await run.target.kill_server())
    await run.target.revive_server()
    proof = f"processes {list(pids)} were gone; the server answers again"
    return KILL_SERVER.landing(point, at, proof, pids=pids, healed=datetime.now(UTC))


async def _kill_database(run: Run, handle: Handle, point: Point) -> Landing:
    at = datetime.now(UTC)
    pids = tuple(await run.target.kill_server(database=True, server=False))
    await run.target.revive_server()
    proof = f"processes {list(pids)} were gone; the server answers again"
    return KILL_DATABASE.landing(point, at, proof, pids=pids, healed=datetime.now(UTC))


async def _kill_stack(run: Run, handle: Handle, point: Point) -> Landing:
    ours = (*((run.fleet.supervisor.pid,) if run.fleet.supervisor else ()), *run.fleet.living())
    at = datetime.now(UTC)
    _, servers = await asyncio.gather(kill_all(ours), run.target.kill_server(database=True))
    await run.target.revive_server()
    pids = (*ours, *servers)
    proof = f"processes {list(pids)} were gone; the server answers again"
    return KILL_STACK.landing(point, at, proof, pids=pids, healed=datetime.now(UTC))


KILL_SERVER = Kind(
    name="kill-server",
    what="SIGKILL of the Temporal server (the embedded engine, or the stack's container)",
    inflict=_kill_server,
    own_server=True,
    late_seconds=SERVER_GONE,
    targets=frozenset({"embedded", "compose"}),
)

KILL_DATABASE = Kind(
    name="kill-postgresql",
    what="SIGKILL of PostgreSQL, under the server and the effect record",
    inflict=_kill_database,
    own_server=True,
    late_seconds=SERVER_GONE,
    targets=frozenset({"compose"}),
)

KILL_STACK = Kind(
    name="kill-stack",
    what="SIGKILL of everything at once: server, database, supervisor, workers",
    inflict=_kill_stack,
    own_server=True,
    late_seconds=SERVER_GONE,
    targets=frozenset({"embedded", "compose"}),
)
