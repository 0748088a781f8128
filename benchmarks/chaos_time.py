"""How long the seed's chaos scenarios take, and how late a plain worker's successor is.

A worker that caches no workflow has no sticky queue, so nothing waits for a dead worker: the simple
alternative to any recovery, paid for with a replay of the whole history at every workflow task.
"""

import time
from dataclasses import dataclass

from temporal.chaos.campaign import run_campaign
from temporal.chaos.fleet import PlainFleet
from temporal.chaos.scenarios import SCENARIOS, Finding, kill_mid_sleep
from temporal.chaos.target import EmbeddedTarget
from temporal.command_line import FAILED, CommandError

SLEEP = "kill-mid-sleep"
SEED = (SLEEP, "kill-mid-activity")


@dataclass(frozen=True)
class ChaosFigures:
    """What the chaos scenarios showed, in seconds.

    Attributes:
        seconds: Both of the seed's scenarios, in all, with plain workers.
        late_cached: How late the workflow went on after a kill mid-sleep, with the worker's default cache.
        late_uncached: The same with WORKER_MAX_CACHED_WORKFLOWS=0.
    """

    seconds: float
    late_cached: float
    late_uncached: float


async def chaos_figures() -> ChaosFigures:
    """Runs both scenarios, and the kill mid-sleep once more without a cache.

    Raises:
        CommandError: A scenario did not pass: its time says nothing.
    """
    begun = time.perf_counter()
    findings = await run_campaign([scenario for scenario in SCENARIOS if scenario.name in SEED], runs=1)
    seconds = time.perf_counter() - begun
    late = {finding.scenario: _late(finding) for finding in findings}
    async with EmbeddedTarget(environment={"WORKER_MAX_CACHED_WORKFLOWS": "0"}) as target:
        uncached = await kill_mid_sleep(target, PlainFleet(target))
    return ChaosFigures(seconds, late_cached=late[SLEEP], late_uncached=_late(uncached))


def _late(finding: Finding) -> float:
    if finding.breaches or finding.latest is None:
        raise CommandError(f"{finding.scenario}: {'; '.join(finding.breaches)}", FAILED)
    return finding.latest.late_seconds
