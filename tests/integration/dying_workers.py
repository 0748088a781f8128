"""Supervised workers of which one dies at a named point: the first to get there, once."""

from pathlib import Path

import psutil

from temporal.chaos.crash_points import Crash, read_crash
from temporal.chaos.crashing_worker import COMMAND
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget


class DyingFleet(SupervisedFleet):
    """Two workers under a supervisor; the one that reaches the point first SIGKILLs itself there.

    Args:
        target: Where they work.
        point: `ACTIVITY:MOMENT`, as `temporal.chaos.crash_points` has it.
    """

    def __init__(self, target: EmbeddedTarget, point: str) -> None:
        self._record: Path = target.folder / "crash.json"
        variables = {"CRASH_POINT": point, "CRASH_RECORD": str(self._record)}
        super().__init__(target, variables, command=COMMAND)

    async def died(self) -> Crash:
        """Waits until a worker has died at the point, and returns what it wrote."""

        async def gone() -> bool:
            crash = read_crash(self._record)
            return crash is not None and not psutil.pid_exists(crash.pid)

        await until("a worker died at the point", gone)
        crash = read_crash(self._record)
        if crash is None:
            raise RuntimeError("the record of the crash is gone")
        return crash
