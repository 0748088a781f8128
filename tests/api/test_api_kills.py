import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalResult
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.api.api_client import asked, decided, name
from tests.api.api_process import ApiProcess, api_process

pytest_plugins = ["tests.api.api_fixtures"]


@pytest.fixture
async def process(target: EmbeddedTarget) -> AsyncIterator[ApiProcess]:
    await target.start_worker()
    async with api_process(target) as process:
        yield process


@contextmanager
def held_store(target: EmbeddedTarget) -> Iterator[None]:
    """Keeps the store busy: a new request is not opened meanwhile, and an early decision waits."""
    with target.store.begin():
        yield


async def accepted(client: Client, approval: str) -> None:
    """Waits until the server has a decision in the workflow's history."""

    async def reached() -> bool:
        history = await client.get_workflow_handle(approval).fetch_history()
        accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        return any(event.event_type == accepted for event in history.events)

    await until("the decision is in the history", reached)


async def result_of(client: Client, approval: str) -> ApprovalResult:
    handle: WorkflowHandle[ApprovalWorkflow, ApprovalResult] = client.get_workflow_handle(
        approval, result_type=ApprovalResult
    )
    return await handle.result()


async def test_a_decision_survives_the_apis_death_and_its_retry_gets_the_answer(
    target: EmbeddedTarget, process: ApiProcess
) -> None:
    who = name("bob")
    async with process.caller(name("ana")) as ana, process.caller(who) as bob:
        with held_store(target):
            approval = await asked(ana)
            lost = asyncio.create_task(decided(bob, approval, key="once"))
            await accepted(target.client, approval)
            process.kill()
        with pytest.raises(httpx.TransportError):
            await lost
        result = await result_of(target.client, approval)
        await process.start()

        again = await decided(bob, approval, key="once")

    assert again.status_code == 200
    assert again.json()["decision"]["decided_by"] == who
    assert [vote.approver for vote in result.votes] == [who]


async def test_requests_that_the_apis_death_interrupts_are_made_once_by_their_retries(
    target: EmbeddedTarget, process: ApiProcess
) -> None:
    keys = [f"key-{number}" for number in range(20)]
    async with process.caller(name("ana")) as ana:

        async def make(key: str) -> httpx.Response:
            return await ana.post("/approvals", json={"title": "T"}, headers={"Idempotency-Key": key})

        tasks = [asyncio.create_task(make(key)) for key in keys]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        process.kill()
        first = await asyncio.gather(*tasks, return_exceptions=True)
        await process.start()
        again = [await make(key) for key in keys]

    made = {answer.json()["id"] for answer in again}
    assert all(answer.status_code in (200, 201) for answer in again)
    assert len(made) == len(keys)
    acknowledged = {answer.json()["id"] for answer in first if isinstance(answer, httpx.Response)}
    assert acknowledged
    assert acknowledged <= made


async def test_sigterm_lets_a_decision_under_way_have_its_answer(
    target: EmbeddedTarget, process: ApiProcess
) -> None:
    async with process.caller(name("ana")) as ana, process.caller(name("bob")) as bob:
        with held_store(target):
            approval = await asked(ana)
            under_way = asyncio.create_task(decided(bob, approval))
            await accepted(target.client, approval)
            process.terminate()
        answer = await under_way

    assert answer.json()["verdict"] == "decided"
    assert await process.ended() == 0
