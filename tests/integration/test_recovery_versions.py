"""Two versions under a supervisor each, as during a roll: what an old worker held stays with its version."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from temporal.chaos.observation import until
from temporal.engine import Engine
from tests.integration.recovery_cases.counter import Counter
from tests.integration.recovery_cases.histories import completed_by, released_tasks, timeouts
from tests.integration.recovery_cases.pair import Pair, pid_of

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

Handle = WorkflowHandle[Counter, int]


@pytest.fixture
async def old(shared_engine: Engine, client: Client, tmp_path: Path) -> AsyncIterator[Pair]:
    """Version 1, current."""
    pair = Pair(shared_engine.address, tmp_path / "old", {"CASES_BUILD_ID": "1"})
    await pair.ready(client)
    await make_current(client, pair.queue, "1")
    yield pair
    pair.close()


async def roll(client: Client, old: Pair, address: str) -> Pair:
    """Starts version 2 beside the old one and makes it current."""
    pair = Pair(address, old.folder.parent / "new", {"CASES_BUILD_ID": "2"}, queue=old.queue)
    await pair.ready(client)
    await make_current(client, old.queue, "2")
    return pair


async def make_current(client: Client, queue: str, build: str) -> None:
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=queue, build_id=build, identity="test"
    )

    async def done() -> bool:
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            return False
        return True

    await until(f"version {build} is current", done)


async def builds(handle: Handle) -> set[str]:
    return {
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    }


async def start(client: Client, queue: str) -> Handle:
    name = f"version-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(Counter.run, id=name, task_queue=queue)
    assert await handle.query(Counter.total, "") == 0
    return handle


async def test_pinned_workflows_of_a_dead_worker_stay_with_their_version(
    client: Client, old: Pair, shared_engine: Engine
) -> None:
    """One was in the dead worker's memory, and in the middle of a task of the other it died."""
    asleep, busy = await start(client, old.queue), await start(client, old.queue)
    new = await roll(client, old, shared_engine.address)
    try:
        await old.kill(pid_of(completed_by((await asleep.fetch_history()).events)[-1]))
        await asleep.signal(Counter.finish, "")
        assert await asleep.result() == 0
        await old.ready(client)
        await busy.signal(Counter.finish, busy.id)
        assert await busy.result() == 0
        late = await start(client, old.queue)
        await late.signal(Counter.finish, "")
        await late.result()
    finally:
        new.close()
    assert (await builds(asleep), await builds(busy), await builds(late)) == ({"1"}, {"1"}, {"2"})
    assert released_tasks((await busy.fetch_history()).events) == 1
    for handle in (asleep, busy, late):
        assert timeouts((await handle.fetch_history()).events) == []
