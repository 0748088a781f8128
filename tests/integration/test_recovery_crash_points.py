"""A worker that dies just before or just after an effect: whatever the moment, the effect is there once."""

import asyncio
import signal

import pytest

from temporal.chaos import invariants
from temporal.chaos.scenarios import Demo, start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.config import StoreSettings
from temporal.engine import Engine
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import StepResult
from temporal.store.results import decode_result
from tests.integration.approvals import Approval, recorded, start_approval, told
from tests.integration.crashed_runs import CrashedRun, Starts, crashed_runs
from tests.store_steps import opened

pytest_plugins = ["tests.integration.engine_fixtures"]

BEFORE, AFTER = "process_step:before-effect", "process_step:after-effect"
DECIDED, TOLD = "record_decision:after-effect", "send_notification:after-effect"
REQUEST = DurableDemoInput(name="crash", sleep_seconds=0, steps=1)


async def _demo(target: EmbeddedTarget) -> Demo:
    return await start_demo(target, REQUEST)


async def _approval(target: EmbeddedTarget) -> Approval:
    approval = await start_approval(target, "crash")
    await approval.signal("approve", {"approver": "bob"})
    return approval


@pytest.fixture(scope="module")
def runs(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CrashedRun]:
    """One run for each point."""
    points: dict[str, Starts] = {BEFORE: _demo, AFTER: _demo, DECIDED: _approval, TOLD: _approval}
    return asyncio.run(crashed_runs(shared_engine, tmp_path_factory.mktemp("crashes"), points))


@pytest.mark.parametrize("point", [BEFORE, AFTER, DECIDED, TOLD])
def test_the_worker_dies_at_the_point_once(runs: dict[str, CrashedRun], point: str) -> None:
    run = runs[point]
    assert run.exit_code == -signal.SIGKILL
    assert run.crash is not None
    assert (run.crash.point, run.crash.workflow_id, run.crash.attempt) == (point, run.workflow_id, 1)
    assert run.crash.pid == run.pids[0]
    assert run.start.attempt == 2
    assert f"/{run.pids[1]}-" in run.start.identity


def test_a_death_before_the_effect_leaves_it_to_the_next_attempt(runs: dict[str, CrashedRun]) -> None:
    run = runs[BEFORE]
    assert run.effect.attempt == 2
    assert f"/{run.pids[1]}-" in run.effect.worker_identity


@pytest.mark.parametrize("point", [AFTER, DECIDED, TOLD])
def test_a_death_between_commit_and_acknowledgement_leaves_the_first_attempts_effect(
    runs: dict[str, CrashedRun], point: str
) -> None:
    run = runs[point]
    assert run.effect.attempt == 1
    assert f"/{run.pids[0]}-" in run.effect.worker_identity


@pytest.mark.parametrize("point", [BEFORE, AFTER])
def test_the_workflow_gets_the_stored_result_and_every_step_happened_once(
    runs: dict[str, CrashedRun], point: str
) -> None:
    run = runs[point]
    assert run.result.steps[0] == decode_result(run.effect.result, StepResult)
    with opened(StoreSettings(data_dir=run.folder)) as store:
        assert invariants.steps_done_once(store, run.workflow_id, REQUEST) == []


@pytest.mark.parametrize("point", [DECIDED, TOLD])
def test_a_decision_is_recorded_and_told_once(runs: dict[str, CrashedRun], point: str) -> None:
    run = runs[point]
    assert run.result.notified
    with opened(StoreSettings(data_dir=run.folder)) as store:
        assert recorded(store, run.workflow_id) == [("approved", "bob")]
        assert told(store, run.workflow_id) == ["ana"]
