"""Workers with hardly any memory for workflows: a death while most are evicted, and while none is cached."""

import asyncio
import uuid
from collections.abc import Mapping

import pytest
from temporalio.client import Client

from tests.integration.recovery_cases.counter import Counter
from tests.integration.recovery_cases.histories import completed_by, released_tasks, timeouts
from tests.integration.recovery_cases.pair import Pair, pid_of
from tests.integration.recovery_cases.workflows import Dies

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

WORKFLOWS = 6


@pytest.fixture(scope="module", params=["0", "1"])
def variables(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """How many workflows each worker keeps in memory."""
    return {"CASES_MAX_CACHED": str(request.param)}


async def test_workflows_that_were_evicted_go_on_elsewhere(client: Client, pair: Pair) -> None:
    names = [f"evicted-{uuid.uuid4().hex[:8]}" for _ in range(WORKFLOWS)]
    handles = [await client.start_workflow(Counter.run, id=name, task_queue=pair.queue) for name in names]
    for handle in handles:
        assert await handle.query(Counter.total, "") == 0
    events = (await handles[-1].fetch_history()).events
    await pair.kill(pid_of(completed_by(events)[-1]))
    for handle in handles:
        await handle.signal(Counter.finish, "")
    assert await asyncio.gather(*(handle.result() for handle in handles)) == [0] * WORKFLOWS
    for handle in handles:
        assert timeouts((await handle.fetch_history()).events) == []


async def test_a_task_that_the_dead_worker_had_goes_elsewhere(client: Client, pair: Pair) -> None:
    name = f"dies-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(Dies.run, name, id=name, task_queue=pair.queue)
    assert await handle.result() == "done"
    events = (await handle.fetch_history()).events
    assert released_tasks(events) == 1
    assert timeouts(events) == []
