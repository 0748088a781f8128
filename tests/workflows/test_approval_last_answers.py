"""The workflow ends only after its handlers have: whoever was let in gets an answer, not a cut-off."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer

from temporal.config import WorkerSettings
from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import Verdict
from temporal.messages.decision import Outcome
from temporal.store.effects import EffectRecord
from temporal.workers.registration import Registered
from temporal.workers.serving import build_worker
from tests.workflows.deciding import approval, decide, laptop
from tests.workflows.observed import approval_in
from tests.workflows.slow_to_answer import LET_GO, SlowToAnswer
from tests.workflows.stage import Stage


@pytest_asyncio.fixture
async def slow_stage(idle_stage: Stage) -> AsyncIterator[Stage]:
    """A stage whose worker has the slow variant; its histories replay with that."""
    record = EffectRecord(idle_stage.store, "test")
    runs = Registered(workflows=(SlowToAnswer,))
    async with build_worker(
        idle_stage.client, WorkerSettings(max_cached_workflows=0), record, "test", registered=runs
    ):
        yield idle_stage
        await idle_stage.terminate()
    for handle in idle_stage.started:
        await Replayer(workflows=[SlowToAnswer]).replay_workflow(await handle.fetch_history())
    idle_stage.started.clear()


async def test_the_end_waits_for_an_accepted_decision_that_is_not_answered_yet(slow_stage: Stage) -> None:
    handle = await slow_stage.request_approval(laptop())
    await approval_in(handle, ApprovalPhase.PENDING)
    answering = asyncio.create_task(decide(handle, approval("ana")))
    await approval_in(handle, ApprovalPhase.COMPLETED)

    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await handle.signal(LET_GO)

    answer, result = await answering, await handle.result()
    assert (answer.verdict, answer.decision) == (Verdict.DECIDED, result.decision)
    assert result.decision.outcome is Outcome.APPROVED
