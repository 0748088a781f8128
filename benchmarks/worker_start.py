"""How long a worker process takes until it polls, beside the least that a worker of the SDK is."""

import sys
import time
from dataclasses import dataclass, field

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.worker_process import COMMAND

STARTS = 7

BARE = (sys.executable, "-m", "benchmarks.bare_worker")


@dataclass
class WorkerStarts:
    """Seconds from a process's start until the server lists it as a poller of both kinds of tasks.

    What the look itself takes is included.

    Attributes:
        ours: The project's worker.
        bare: `bare_worker`, in turn with it.
    """

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


async def worker_starts() -> WorkerStarts:
    """Starts both workers several times, in turn and one after another, on the embedded engine.

    Raises:
        CommandError: A worker or the engine does not start.
    """
    found = WorkerStarts()
    # Unset, should it be set: compiled modules are what every start but the very first one finds.
    async with EmbeddedTarget(environment={"PYTHONDONTWRITEBYTECODE": ""}) as target:
        for number in range(STARTS + 1):
            for command, seconds in ((COMMAND, found.ours), (BARE, found.bare)):
                begun = time.perf_counter()
                worker = await target.start_worker(command=command)
                if number:  # the first one compiles
                    seconds.append(time.perf_counter() - begun)
                worker.kill()
    return found
