"""A worker with a wrong key, or none: workflows and their decisions wait for one that has the right key."""

from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from temporal.chaos import invariants
from temporal.chaos.observation import Handle, until, working
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.approvals import start_approval, waiting
from tests.integration.encryption_keys import OFF, key_file

pytest_plugins = ["tests.integration.encrypted_target"]

WORK = DurableDemoInput(name="work", sleep_seconds=0, steps=1, work_units=40, work_unit_seconds=0.1)
FOUND = {"another": "only key-b", "none": "no key"}
"""Which key the second worker has, and what its error says of it."""


def lacking(kind: str, folder: Path) -> dict[str, str]:
    return OFF if kind == "none" else key_file(folder, "key-b")


async def refused_task(handle: Handle, words: str) -> None:
    """Waits until a worker has failed the run's workflow task with these words, for all to read."""

    async def reached() -> bool:
        return any(
            words in event.workflow_task_failed_event_attributes.failure.message
            for event in (await handle.fetch_history()).events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        )

    await until(f"a workflow task of {handle.id} failed: {words}", reached)


async def refused_attempt(handle: Handle, words: str) -> None:
    """Waits until a worker has failed an attempt of an activity with these words."""

    async def reached() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(words in each.last_failure.message for each in pending)

    await until(f"an attempt of {handle.id} failed: {words}", reached)


@pytest.mark.parametrize("kind", FOUND)
async def test_a_decision_that_meets_a_worker_without_the_key_waits_for_the_key(
    encrypted: EmbeddedTarget, tmp_path: Path, kind: str
) -> None:
    first = await encrypted.start_worker()
    approval = await start_approval(encrypted, "a-budget")
    await waiting(approval)
    first.kill()
    second = await encrypted.start_worker(lacking(kind, tmp_path / "keys"))
    await approval.signal("approve", {"approver": "ben"})
    await refused_task(approval, f"is encrypted with key 'key-a', and this process has {FOUND[kind]}: ")
    assert (await approval.describe()).status is WorkflowExecutionStatus.RUNNING
    second.kill()
    await encrypted.start_worker()
    assert (await approval.result()).decision.decided_by == "ben"
    assert invariants.decided_once(encrypted.store, approval.id, "a-budget", Outcome.APPROVED, "ben") == []


@pytest.mark.parametrize("kind", FOUND)
async def test_work_that_meets_a_worker_without_the_key_is_tried_again_and_resumes(
    encrypted: EmbeddedTarget, tmp_path: Path, kind: str
) -> None:
    first = await encrypted.start_worker()
    handle = await encrypted.client.start_workflow(
        DurableDemoWorkflow.run, WORK, id=f"{encrypted.task_queue}-work", task_queue=encrypted.task_queue
    )
    work = WorkInput(subject="work", units=WORK.work_units, unit_seconds=WORK.work_unit_seconds)
    await working(encrypted.client, handle, work, units=3)
    first.kill()
    second = await encrypted.start_worker(lacking(kind, tmp_path / "keys"))
    await refused_attempt(handle, f"is encrypted with key 'key-a', and this process has {FOUND[kind]}: ")
    second.kill()
    await encrypted.start_worker()
    result = await handle.result()
    assert invariants.work_is_right(result, WORK) == []
    assert result.work
    assert result.work.resumed_from >= 3
