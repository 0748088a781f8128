"""A request that waits for years continues as a new run before its history is too long, and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowUpdateFailedError

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports
from temporal.config import EngineSettings
from temporal.engine import Engine
from temporal.messages.approval import ApprovalStatus
from temporal.messages.decide import Refusal, Verdict
from temporal.messages.policy import ApprovalPolicy
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.histories.bench import cli_that_wants_short_histories
from tests.integration.approvals import Approval, recorded, waiting
from tests.workflows.deciding import approval, decide, laptop, refusal_in, rejection

EVENTS = 60


@pytest.fixture
async def short_target(tmp_path: Path) -> AsyncIterator[EmbeddedTarget]:
    """An engine that wants a new run after a few dozen events, with a worker."""
    port, ui_port = free_ports(2)
    cli = cli_that_wants_short_histories(tmp_path, EVENTS)
    engine = Engine(EngineSettings(port=port, ui_port=ui_port, data_dir=tmp_path / "engine", cli_path=cli))
    await asyncio.to_thread(engine.start)
    try:
        async with EmbeddedTarget(tmp_path / "target", engine=engine) as target:
            await target.start_worker()
            yield target
    finally:
        engine.stop()


async def status_of(handle: Approval) -> ApprovalStatus:
    return await handle.query(ApprovalWorkflow.get_status)


async def continued(handle: Approval, run_id: str | None) -> None:
    """Sends signals that change nothing until another run than `run_id` goes on."""

    async def other_run() -> bool:
        await handle.signal("reconsider")
        return (await handle.describe()).run_id != run_id

    await until("the request goes on in a new run", other_run)
    await waiting(handle)


async def test_a_new_run_has_the_votes_answers_deadline_and_all_the_rest(
    short_target: EmbeddedTarget,
) -> None:
    policy = ApprovalPolicy(
        users=["ana", "bob", "cleo"],
        quorum=3,
        remind_every_seconds=3_600,
        escalate_after_seconds=1,
        escalate_to_users=["boss"],
    )
    handle = await short_target.client.start_workflow(
        ApprovalWorkflow.run,
        laptop(policy, timeout_seconds=86_400),
        id="long",
        task_queue=short_target.task_queue,
    )
    await waiting(handle)
    first = await decide(handle, approval("ana", "d-1"))
    await handle.signal("approve", {"approver": "bob"})
    while not (await status_of(handle)).escalated:
        await asyncio.sleep(0.05)
    before = await status_of(handle)
    await continued(handle, handle.first_execution_run_id)
    after = await status_of(handle)

    assert (after.votes, after.approvals) == (before.votes, 2)
    assert (after.opened_at, after.deadline, after.escalated) == (before.opened_at, before.deadline, True)
    assert (after.policy, after.details, after.approval_id) == (policy, {"price": 900}, before.approval_id)
    assert after.ignored_total > 0
    again = await handle.execute_update(ApprovalWorkflow.decide, approval("ana", "d-1"))
    assert again == first
    for message, refusal in (
        (rejection("ana", "d-1"), Refusal.ID_REUSED),
        (approval("bob", "d-2"), Refusal.ALREADY_VOTED),
    ):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await handle.execute_update(ApprovalWorkflow.decide, message)
        refusal_in(caught, refusal)
    second = (await handle.describe()).run_id
    await continued(handle, second)
    answer = await decide(handle, approval("boss"))
    assert (answer.verdict, answer.approvals) == (Verdict.DECIDED, 3)
    result = await handle.result()
    assert [(vote.approver, vote.decision_id) for vote in result.votes] == [
        ("ana", "d-1"),
        ("bob", "signal-1"),
        ("boss", "of-boss"),
    ]
    assert recorded(short_target.store, "long") == [("approved", "boss")]


async def test_a_worker_killed_around_the_change_of_runs_loses_no_vote(short_target: EmbeddedTarget) -> None:
    handle = await short_target.client.start_workflow(
        ApprovalWorkflow.run,
        laptop(ApprovalPolicy(quorum=2)),
        id="killed",
        task_queue=short_target.task_queue,
    )
    await waiting(handle)
    await decide(handle, approval("ana"))
    [worker] = short_target.workers
    worker.kill()
    for number in range(EVENTS):  # so that the next worker's first task is the one to continue at
        await handle.signal(f"reconsider-{number}")
    second = await short_target.start_worker()
    await until("the request goes on in a new run", lambda: _moved(handle))
    second.kill()
    late = asyncio.create_task(decide(handle, approval("bob")))
    await short_target.start_worker()
    assert (await late).verdict is Verdict.DECIDED
    result = await handle.result()
    assert [vote.approver for vote in result.votes] == ["ana", "bob"]
    assert recorded(short_target.store, "killed") == [("approved", "bob")]


async def _moved(handle: Approval) -> bool:
    return (await handle.describe()).run_id != handle.first_execution_run_id
