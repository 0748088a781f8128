"""The kernel's own out-of-memory kill: an activity takes more and more in a group of little memory."""

from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.faults.memory_group import kills_in, lacks_groups, little_memory
from temporal.chaos.faults.processes import died_of_it
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.armed import EXHAUST
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run


async def _prepare(run: Run) -> None:
    """Puts every worker that lives into a group of little memory: whichever gets there is killed."""
    run.group = run.exits.enter_context(little_memory(run.fleet.living()))


async def _oom(run: Run, handle: Handle, point: Point) -> Landing:
    found, proof = await died_of_it(run)
    group = run.group
    if group is None:
        raise RuntimeError("prepare comes first")

    async def counted() -> bool:
        return kills_in(group) > 0

    await until("the kernel counts an out-of-memory kill", counted)
    return OOM.landing(
        point, found.time, f"{proof}; the kernel killed it for want of memory", pids=(found.pid,)
    )


OOM = Kind(
    name="out-of-memory",
    what="the kernel kills a worker whose activity takes too much memory",
    inflict=_oom,
    prepare=_prepare,
    armed=EXHAUST,
    lacking=lacks_groups,
)
