"""How long a worker process takes until it polls."""

import time

from temporal.chaos.target import EmbeddedTarget

STARTS = 5


async def worker_starts() -> list[float]:
    """Starts the project's worker several times, one after another, on the embedded engine.

    Returns:
        For each, the seconds from the process's start until the server lists it as a poller of workflow and
        of activity tasks. What the look itself takes is included.

    Raises:
        CommandError: A worker or the engine does not start.
    """
    seconds = []
    # Unset, should it be set: compiled modules are what every start but the very first one finds.
    async with EmbeddedTarget(environment={"PYTHONDONTWRITEBYTECODE": ""}) as target:
        for _ in range(STARTS):
            begun = time.perf_counter()
            worker = await target.start_worker()
            seconds.append(time.perf_counter() - begun)
            worker.kill()
    return seconds
