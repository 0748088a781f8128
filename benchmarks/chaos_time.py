"""How long the seed's chaos scenarios take, and how late a plain worker's successor is.

A worker that caches no workflow has no sticky queue, so nothing waits for a dead worker: the simple
alternative to any recovery, paid for with a replay of the whole history at every workflow task.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from temporal.chaos.campaign import Plan, run_campaign
from temporal.chaos.conduct import conduct
from temporal.chaos.evidence import Verdict
from temporal.chaos.fleet import PlainFleet
from temporal.chaos.invariants import judge
from temporal.chaos.report.summary import breaches_of
from temporal.chaos.scenarios import SEED
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.sites import EmbeddedSite
from temporal.command_line import FAILED, CommandError

SLEEP = "kill-mid-sleep"


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with EmbeddedSite(folder / "engine") as site:
            verdicts = await run_campaign(site, Plan(scenarios=SEED, kinds=[False]), folder)
    seconds = time.perf_counter() - begun
    late = {verdict.evidence.scenario: _late(verdict) for verdict in verdicts}
    [asleep] = [scenario for scenario in SEED if scenario.name == SLEEP]
    async with EmbeddedTarget(environment={"WORKER_MAX_CACHED_WORKFLOWS": "0"}) as target:
        evidence = await conduct(asleep, target, PlainFleet(target), number=1, seed=0, supervised=False)
        uncached = await judge(evidence)
    return ChaosFigures(seconds, late_cached=late[SLEEP], late_uncached=_late(uncached))


def _late(verdict: Verdict) -> float:
    late = [seconds for found in verdict.lateness.values() for seconds in found]
    if not verdict.passed or not late:
        raise CommandError(f"{verdict.evidence.scenario}: {'; '.join(breaches_of(verdict))}", FAILED)
    return max(late)
