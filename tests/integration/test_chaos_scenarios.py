"""The chaos scenarios on plain and on supervised workers, and broken variants, which must not pass."""

from datetime import UTC, datetime

import pytest

from temporal.chaos.fleet import fleet_of
from temporal.chaos.observation import sleeping, working
from temporal.chaos.scenarios import SCENARIOS, Scenario, judge, start_demo
from temporal.chaos.target import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput

pytest_plugins = ["tests.integration.engine_fixtures"]

ASLEEP = DurableDemoInput(name="asleep", sleep_seconds=1)


@pytest.mark.parametrize("supervised", [True, False], ids=["supervised", "stock"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_a_scenario_passes(target: EmbeddedTarget, scenario: Scenario, supervised: bool) -> None:
    finding = await scenario.run(target, fleet_of(target, supervised=supervised))
    assert finding.breaches == []
    assert finding.scenario == scenario.name
    assert finding.latest is not None
    assert finding.latest.began > finding.killed


async def test_a_worker_that_was_never_killed_is_caught(target: EmbeddedTarget) -> None:
    await target.start_worker()
    handle = await start_demo(target, ASLEEP)
    await sleeping(handle)
    pretended = datetime.now(UTC)
    finding = await judge(target, "no-kill", ASLEEP, handle, pretended)
    [breach] = finding.breaches
    assert breach.startswith("fault: ")


async def test_work_that_no_kill_interrupted_is_caught(target: EmbeddedTarget) -> None:
    request = DurableDemoInput(name="work", sleep_seconds=0, work_units=5, work_unit_seconds=0.2)
    await target.start_worker()
    handle = await start_demo(target, request)
    await working(target.client, handle, WorkInput(subject="work", units=5, unit_seconds=0.2), units=1)
    finding = await judge(target, "no-kill", request, handle, datetime.now(UTC))
    assert finding.breaches
    assert all(breach.startswith("fault: ") for breach in finding.breaches)


async def test_a_kill_after_everything_was_done_is_caught(target: EmbeddedTarget) -> None:
    worker = await target.start_worker()
    handle = await start_demo(target, ASLEEP)
    await handle.result()
    finding = await judge(target, "late-kill", ASLEEP, handle, worker.kill())
    [breach] = finding.breaches
    assert breach.startswith("fault: ")
    assert finding.latest is None


async def test_a_worker_that_nobody_replaces_is_caught(target: EmbeddedTarget) -> None:
    worker = await target.start_worker()
    handle = await start_demo(target, ASLEEP)
    await sleeping(handle)
    finding = await judge(target, "no-standby", ASLEEP, handle, worker.kill(), patience=0)
    assert any(breach.startswith("workflow: acknowledged, but not ended") for breach in finding.breaches)
    assert "effect demo-completed: 0 times, expected 1" in finding.breaches
