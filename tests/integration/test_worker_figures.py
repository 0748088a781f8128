"""What workers count of workflows, approvals and effects, though every task replays and one of them dies."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError

from temporal.chaos.crashing_worker import COMMAND
from temporal.chaos.fleet import SUPERVISED_WORKERS, SupervisedFleet
from temporal.chaos.observation import sleeping
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.engine import Engine
from temporal.messages.approval import ApprovalRequest
from temporal.messages.durable_demo import DurableDemoInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.figures import Shown, scraped
from tests.integration.supervisors import deaths
from tests.ports import first_of_free_ports

pytest_plugins = ["tests.integration.engine_fixtures"]

NAMES = ("ana-who-asks", "bob-who-decides", "laptop-of-the-title")


async def _approval(target: EmbeddedTarget, limit: float | None = None, signal: str = "") -> None:
    handle = await target.client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title=NAMES[2], requester=NAMES[0], timeout_seconds=limit),
        id=f"{target.task_queue}-{signal or 'timeout'}",
        task_queue=target.task_queue,
        start_signal=signal or None,
        start_signal_args=[{"approver": NAMES[1]}] if signal else [],
    )
    await handle.result()
    await handle.query(ApprovalWorkflow.get_status)  # which replays all of it


async def _workload(target: EmbeddedTarget, crash: dict[str, str], port: int) -> Shown:
    async with target:
        await SupervisedFleet(target, {"METRICS_PORT": str(port), **crash}, command=COMMAND).start()
        step = DurableDemoInput(name="step", sleep_seconds=0, steps=1)
        await (await start_demo(target, step)).result()  # its worker dies after the first step's effect
        await deaths(target, 1)
        canceled = await start_demo(target, DurableDemoInput(name="canceled", sleep_seconds=600, steps=1))
        await sleeping(canceled)
        await canceled.cancel()
        wrong = await start_demo(target, DurableDemoInput(name="wrong", steps=-1))
        for handle in (canceled, wrong):
            with suppress(WorkflowFailureError):
                await handle.result()
        await _approval(target, signal="approve")
        await _approval(target, signal="reject")
        await _approval(target, limit=0.5)
        return await asyncio.to_thread(scraped, *range(port, port + 1 + 2 * SUPERVISED_WORKERS))


@pytest.fixture(scope="module")
def shown(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The figures of the supervisor and its workers after all of it; no workflow is cached."""
    folder = tmp_path_factory.mktemp("figures")
    crash = {
        "CRASH_POINT": "process_step:after-effect",
        "CRASH_RECORD": str(Path(folder) / "crash.json"),
        "WORKER_MAX_CACHED_WORKFLOWS": "0",
    }
    port = first_of_free_ports(1 + 2 * SUPERVISED_WORKERS)
    target = EmbeddedTarget(folder, engine=shared_engine, task_queue=f"figures-{port}")
    return asyncio.run(_workload(target, crash, port))


@pytest.mark.parametrize(
    ("workflow", "outcome", "count"),
    [
        ("DurableDemoWorkflow", "completed", 1),
        ("DurableDemoWorkflow", "canceled", 1),
        ("DurableDemoWorkflow", "failed", 1),
        ("ApprovalWorkflow", "completed", 3),
        ("ApprovalWorkflow", "canceled", 0),
    ],
)
def test_each_end_of_a_workflow_is_counted_once(
    shown: Shown, workflow: str, outcome: str, count: int
) -> None:
    assert shown.sum("workflow_outcomes_total", workflow_type=workflow, outcome=outcome) == count


@pytest.mark.parametrize(
    ("decision", "by"), [("approved", "people"), ("rejected", "people"), ("rejected", "timeout")]
)
def test_each_decision_is_counted_once_with_the_time_that_it_took(
    shown: Shown, decision: str, by: str
) -> None:
    assert shown.sum("approval_decisions_total", decision=decision, by=by) == 1
    assert shown.sum("approval_waiting_seconds_count", decision=decision, by=by) == 1
    waited = shown.sum("approval_waiting_seconds_sum", decision=decision, by=by)
    assert (waited >= 0.5) == (by == "timeout")


def test_what_has_not_happened_yet_is_there_as_zero(shown: Shown) -> None:
    """Else Prometheus would miss the first one."""
    for name, labels in (
        ("workflow_outcomes_total", {"workflow_type": "ApprovalWorkflow", "outcome": "failed"}),
        ("approval_decisions_total", {"decision": "withdrawn", "by": "people"}),
        ("effects_total", {"activity_type": "long_running_task", "how": "replayed"}),
    ):
        assert shown.of(name, **labels) == [0]


def test_counts_from_zero_are_the_series_that_grow_later(shown: Shown) -> None:
    """With labels of their own they would be other series, which stay at zero."""
    ends = shown.of("workflow_outcomes_total", workflow_type="DurableDemoWorkflow", outcome="completed")
    assert len(ends) == 1


def test_days_of_waiting_are_told_apart(shown: Shown) -> None:
    assert {"86400", "604800"} <= shown.values("le")


def test_an_effect_whose_worker_died_before_it_could_tell_is_counted_as_replayed(shown: Shown) -> None:
    assert shown.sum("effects_total", activity_type="process_step", how="replayed") == 1
    # What the dead worker stored went with it; two steps of one run, one of another.
    assert shown.sum("effects_total", activity_type="process_step", how="stored") == 2
    assert shown.sum("effects_total", activity_type="record_decision", how="stored") == 3
    assert shown.sum("effects_total", activity_type="record_decision", how="replayed") == 0


def test_the_supervisor_counts_the_death_and_shows_its_workers(shown: Shown) -> None:
    assert shown.sum("recovery_worker_deaths_total", cause="signal") == 1
    assert shown.sum("recovery_released_tasks_total", kind="activity") == 1
    assert shown.sum("recovery_release_seconds_count") == 1
    assert shown.sum("recovery_workers") == SUPERVISED_WORKERS


@pytest.mark.parametrize(
    "label", ["workflow_type", "activity_type", "task_queue", "decision", "by", "outcome"]
)
def test_no_label_holds_a_name_or_an_id(shown: Shown, label: str) -> None:
    values = " ".join(shown.values(label))
    assert values
    assert not [name for name in (*NAMES, "-approve") if name in values]
