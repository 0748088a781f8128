"""A soak: lanes that keep their workers while scenario follows scenario, until the time is over."""

import asyncio
from pathlib import Path

import pytest

from temporal.chaos.campaign import Plan
from temporal.chaos.evidence import Verdict
from temporal.chaos.scenarios import GROUPS
from temporal.chaos.soak import LANES, run_soak
from temporal.chaos.targets.sites import EmbeddedSite
from tests.integration.chaos_runs import breaches

pytestmark = pytest.mark.timeout(300)  # a lane ends the run that it is in, however busy the machine is

WANTED = {"kill-mid-sleep", "kill-after-effect"}


async def soaked(folder: Path, seconds: float) -> list[Verdict]:
    scenarios = [scenario for scenario in GROUPS["soak"] if scenario.name in WANTED]
    plan = Plan(scenarios=scenarios, kinds=[True], seed=5, duration_seconds=seconds)
    async with EmbeddedSite(folder / "engine") as site:
        return await run_soak(site, plan, folder)


def test_every_lane_runs_scenarios_in_turn_on_the_same_workers_and_leaves_nothing(tmp_path: Path) -> None:
    verdicts = asyncio.run(soaked(tmp_path, seconds=10))
    assert [line for verdict in verdicts for line in breaches(verdict)] == []
    assert [verdict.evidence.number for verdict in verdicts] == list(range(1, len(verdicts) + 1))
    assert {verdict.evidence.scenario for verdict in verdicts} == WANTED
    assert len({verdict.evidence.folder for verdict in verdicts}) == LANES
    assert all(len(verdict.evidence.landed) == 1 for verdict in verdicts)
