"""Workers that die while they start: the supervisor tries again, and no workflow notices."""

import uuid
from collections.abc import Mapping

import pytest
from temporalio.client import Client

from temporal.chaos.observation import until
from tests.integration.recovery_cases.histories import timeouts
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.workflows import Dies

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

STAGES = ("imported", "connected", "polling")


@pytest.fixture(scope="module")
def variables() -> Mapping[str, str]:
    """Each worker dies before it connects, the next one before it polls, the third when it has polled."""
    return {"CASES_DIE_AT": ",".join(STAGES)}


async def test_a_worker_that_dies_at_each_stage_of_its_start_is_replaced(
    client: Client, module_pair: Pair
) -> None:
    name = f"waits-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(Dies.run, "", id=name, task_queue=module_pair.queue)
    assert await handle.result() == "done"
    assert timeouts((await handle.fetch_history()).events) == []
    marks = [module_pair.folder / f"{stage}-{slot}" for stage in STAGES for slot in (1, 2)]

    async def all_died() -> bool:
        return all(mark.exists() for mark in marks)

    await until("a worker of each slot has died at each stage", all_died)
    await module_pair.ready(client)


async def test_a_workflow_is_served_while_a_dead_workers_successors_die(client: Client, pair: Pair) -> None:
    for mark in pair.folder.glob("*-[12]"):
        mark.unlink()  # the next start dies at every stage again
    await pair.kill(min(pair.workers()))
    name = f"served-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(Dies.run, "", id=name, task_queue=pair.queue)
    assert await handle.result() == "done"
    assert timeouts((await handle.fetch_history()).events) == []
