"""SIGKILL of workers and of their supervisor, and SIGTERM in the midst of a drain."""

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from temporal.chaos.bounds import NOBODY_LEFT, SUPERVISOR_GONE
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.holders import kill
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.armed import Armed, Struck
from temporal.chaos.points.point import Point
from temporal.chaos.processes import gone
from temporal.chaos.run import Run


async def struck(armed: Armed) -> Struck:
    """Waits until a worker has struck itself, and returns what it wrote down.

    Raises:
        CommandError: None did.
    """
    await until("a worker strikes itself at its moment", lambda: armed.struck is not None)
    found = armed.struck
    if found is None:
        raise RuntimeError("the record of a strike has gone")
    return found


async def died_of_it(run: Run) -> tuple[Struck, str]:
    """Waits until the worker that struck itself is gone; returns its record and a line that proves it."""
    found = await struck(run.armed.pop(0))
    await until(f"process {found.pid} is gone", partial(gone, found.pid))
    return found, f"process {found.pid} wrote that it was at {found.moment} of {found.workflow_id}"


async def kill_all(pids: Collection[int]) -> datetime:
    """SIGKILLs processes, the first first, and returns when (UTC) once all are gone."""
    killed = datetime.now(UTC)
    for pid in pids:
        with suppress(ProcessLookupError):  # died with its supervisor
            os.kill(pid, signal.SIGKILL)
    for pid in pids:
        await until(f"process {pid} is gone", partial(gone, pid))
    return killed


async def _kill_worker(run: Run, handle: Handle, point: Point) -> Landing:
    if point.moment:
        found, proof = await died_of_it(run)
        return KILL_WORKER.landing(point, found.time, proof, pids=(found.pid,))
    pid = await point.victim(run, handle)
    return KILL_WORKER.landing(point, await kill(pid), f"process {pid} is gone", pids=(pid,))


async def _kill_workers(run: Run, handle: Handle, point: Point) -> Landing:
    pids = tuple(run.fleet.living())
    killed = await kill_all(pids)
    return KILL_WORKERS.landing(point, killed, f"processes {list(pids)} are gone", pids=pids)


async def _kill_supervisor(run: Run, handle: Handle, point: Point) -> Landing:
    workers, supervisor = tuple(run.fleet.living()), _supervisor(run)
    killed = await kill(supervisor)
    for pid in workers:  # the kernel ends them with their parent
        await until(f"worker {pid} is gone with its supervisor", partial(gone, pid))
    return KILL_SUPERVISOR.landing(
        point, killed, f"process {supervisor} is gone and its workers with it", pids=(supervisor, *workers)
    )


async def _kill_both(run: Run, handle: Handle, point: Point) -> Landing:
    pids = (*run.fleet.living(), *((run.fleet.supervisor.pid,) if run.fleet.supervisor else ()))
    killed = await kill_all(pids)
    return KILL_BOTH.landing(point, killed, f"processes {list(pids)} are gone", pids=pids)


async def _terminate_draining(run: Run, handle: Handle, point: Point) -> Landing:
    found, proof = await died_of_it(run)
    return TERMINATE_DRAINING.landing(point, found.time, proof, pids=(found.pid,))


def _supervisor(run: Run) -> int:
    if run.fleet.supervisor is None:
        raise RuntimeError("plain workers have no supervisor")
    return run.fleet.supervisor.pid


def _only_supervised(supervised: bool) -> str:
    return "" if supervised else "plain workers have no supervisor"


KILL_WORKER = Kind(
    name="kill-worker",
    what="SIGKILL of the worker that has the workflow",
    inflict=_kill_worker,
    armed=signal.SIGKILL,
)

KILL_WORKERS = Kind(
    name="kill-workers",
    what="SIGKILL of all workers at once",
    inflict=_kill_workers,
    late_seconds=NOBODY_LEFT,
)

KILL_SUPERVISOR = Kind(
    name="kill-supervisor",
    what="SIGKILL of the supervisor",
    inflict=_kill_supervisor,
    lacking=_only_supervised,
    late_seconds=SUPERVISOR_GONE,
)

KILL_BOTH = Kind(
    name="kill-both",
    what="SIGKILL of the supervisor and its workers at once; of all plain workers",
    inflict=_kill_both,
    late_seconds=SUPERVISOR_GONE,
)

TERMINATE_DRAINING = Kind(
    name="terminate-draining",
    what="a second SIGTERM while the worker drains",
    inflict=_terminate_draining,
    armed=signal.SIGTERM,
)
