"""A worker killed inside a workflow task, of any sort: it goes to the other worker, none is waited out."""

import uuid
from datetime import timedelta

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from temporal.chaos.observation import until
from tests.integration.recovery_cases.histories import completed_by, released_tasks, timeouts
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.requests import Chain
from tests.integration.recovery_cases.workflows import Continues, Parent, RunsLocally

LOCAL_TASK = timedelta(seconds=2)
"""The timeout of the workflow tasks around the local activity: it is extended shortly before."""

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]


async def test_a_local_activity_runs_again(client: Client, pair: Pair) -> None:
    """It outlasts its first workflow task, which the worker extends: the ledger has the last one's token."""
    name = f"local-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(
        RunsLocally.run, name, id=name, task_queue=pair.queue, task_timeout=LOCAL_TASK
    )

    async def extended() -> bool:
        return len(completed_by((await handle.fetch_history()).events)) >= 2

    await until("the workflow task is extended", extended)
    (pair.folder / f"{name}.go").touch()
    assert await handle.result() == "done"
    events = (await handle.fetch_history()).events
    assert released_tasks(events) == 1
    assert timeouts(events) == []


async def test_a_child_whose_worker_dies_ends_and_its_parent_with_it(client: Client, pair: Pair) -> None:
    name = f"parent-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(Parent.run, name, id=name, task_queue=pair.queue)
    assert await handle.result() == "done"
    child = client.get_workflow_handle(f"{name}-child")
    events = (await child.fetch_history()).events
    assert released_tasks(events) == 1
    assert timeouts(events) + timeouts((await handle.fetch_history()).events) == []


@pytest.mark.parametrize("point", ["last_task", "first_task"])
async def test_a_chain_that_continues_as_new_has_every_run_once(
    client: Client, pair: Pair, point: str
) -> None:
    name = f"chain-{uuid.uuid4().hex[:8]}"
    chain = Chain(runs=3, last_task=name) if point == "last_task" else Chain(runs=3, first_task=name)
    handle = await client.start_workflow(Continues.run, chain, id=name, task_queue=pair.queue)
    assert await handle.result() == 3
    assert (pair.folder / name).exists()  # somebody died over it
    events: list[HistoryEvent] = []
    run_id = handle.first_execution_run_id
    for _ in range(3):
        run = client.get_workflow_handle(name, run_id=run_id)
        events += (await run.fetch_history()).events
        run_id = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    assert run_id == ""  # that was the last
    assert released_tasks(events) == 1
    assert timeouts(events) == []
