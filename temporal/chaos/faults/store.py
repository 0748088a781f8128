"""The effect record: not available, or without room."""

import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psutil

from temporal.chaos.bounds import STORE_GONE
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run


async def _unavailable(run: Run, handle: Handle, point: Point) -> Landing:
    at = datetime.now(UTC)
    async with run.target.store_away():
        await _failed_once(handle)
    proof = f"an attempt of {handle.id} failed while nobody could write to the store"
    return STORE_UNAVAILABLE.landing(point, at, proof, healed=datetime.now(UTC))


async def _full(run: Run, handle: Handle, point: Point) -> Landing:
    at, pids = datetime.now(UTC), tuple(run.fleet.living())
    async with _without_room(pids):
        await _failed_once(handle)
    proof = f"an attempt of {handle.id} failed while processes {list(pids)} could not write to any file"
    return STORE_FULL.landing(point, at, proof, healed=datetime.now(UTC))


@asynccontextmanager
async def _without_room(pids: tuple[int, ...]) -> AsyncIterator[None]:
    """Lets live processes make no file longer than nothing; needs no more rights than the user's own.

    To SQLite a write beyond the limit fails as on a full disk. Only the soft limit is lowered: it can be
    raised again.
    """
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            if psutil.pid_exists(pid):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


async def _failed_once(handle: Handle) -> None:
    """Waits until an activity of the workflow has failed and waits for its next attempt."""

    async def reached() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.attempt > 1 and one.HasField("last_failure") for one in pending)

    await until(f"an activity of {handle.id} fails", reached)


def _lacks_prlimit(supervised: bool) -> str:
    return "" if hasattr(resource, "prlimit") else "limits of a live process can be set on Linux only"


STORE_UNAVAILABLE = Kind(
    name="store-unavailable",
    what="nobody can write to the effect record until an activity has failed of it",
    inflict=_unavailable,
    late_seconds=STORE_GONE,
    targets=frozenset({"embedded", "compose"}),
)

STORE_FULL = Kind(
    name="store-full",
    what="the workers cannot write to any file, as on a full disk, until an activity has failed of it",
    inflict=_full,
    late_seconds=STORE_GONE,
    lacking=_lacks_prlimit,
    targets=frozenset({"embedded", "address"}),
)
