"""Queries, updates and signals whose worker is killed while it has them, and an update right after."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from tests.integration.recovery_cases.counter import Counter
from tests.integration.recovery_cases.histories import completed_by, released_tasks, timeouts
from tests.integration.recovery_cases.pair import Pair, pid_of
from tests.integration.recovery_cases.workflows import RunsLocally

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

PATIENCE = timedelta(seconds=90)
"""How long a query may take: the SDK's own limit is shorter, and the server asks again within it."""

Handle = WorkflowHandle[Counter, int]


@pytest.fixture
async def counter(client: Client, pair: Pair) -> Handle:
    """A counter whose first task is over, in one worker's memory; a forgotten task would take its timeout."""
    name = f"counter-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(
        Counter.run, id=name, task_queue=pair.queue, task_timeout=timedelta(seconds=100)
    )
    assert await handle.query(Counter.total, "") == 0
    return handle


async def holder(handle: Handle) -> int:
    return pid_of(completed_by((await handle.fetch_history()).events)[-1])


async def finish(handle: Handle, total: int) -> None:
    await handle.signal(Counter.finish, "")
    assert await handle.result() == total
    assert timeouts((await handle.fetch_history()).events) == []


async def test_a_query_that_the_dead_worker_had_taken_is_answered(pair: Pair, counter: Handle) -> None:
    assert await counter.query(Counter.total, counter.id, rpc_timeout=PATIENCE) == 0
    assert (pair.folder / counter.id).exists()  # somebody died over it
    await finish(counter, 0)


async def test_an_update_that_the_dead_worker_was_validating_is_applied_once(
    pair: Pair, counter: Handle
) -> None:
    name = f"validator-{counter.id}"
    assert await counter.execute_update(Counter.add, name) == 1
    assert (pair.folder / name).exists()
    await finish(counter, 1)


async def test_an_update_that_the_dead_worker_was_applying_is_applied_once(
    pair: Pair, counter: Handle
) -> None:
    assert await counter.execute_update(Counter.add, counter.id) == 1
    assert (pair.folder / counter.id).exists()
    await finish(counter, 1)


async def test_an_update_whose_activity_died_is_applied_once(pair: Pair, counter: Handle) -> None:
    assert await counter.execute_update(Counter.add_later, counter.id) == 1
    assert (pair.folder / counter.id).exists()
    await finish(counter, 1)


async def test_an_update_right_after_the_kill_is_applied(pair: Pair, counter: Handle) -> None:
    """It joins the task of a signal, which without a release would wait for the dead worker for a minute."""
    await pair.kill(await holder(counter))
    await counter.signal(Counter.nudge)
    assert await counter.execute_update(Counter.add, "") == 1
    await finish(counter, 1)


async def test_a_signal_that_the_dead_worker_was_taking_counts_once(pair: Pair, counter: Handle) -> None:
    await counter.signal(Counter.finish, counter.id)
    assert await counter.result() == 0
    assert (pair.folder / counter.id).exists()
    assert timeouts((await counter.fetch_history()).events) == []


async def test_a_query_that_waits_for_the_dead_workers_task_is_answered(client: Client, pair: Pair) -> None:
    """The server keeps a query while a workflow task is under way, and hands it out with the next one."""
    name = f"buffered-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(
        RunsLocally.run, name, id=name, task_queue=pair.queue, task_timeout=timedelta(seconds=100)
    )
    await pair.marked(name)  # a local activity runs, and the task that it is part of lasts
    query = asyncio.create_task(handle.query(RunsLocally.words, rpc_timeout=PATIENCE))
    with pytest.raises(RPCError):  # so the one before it is with the server, too
        await handle.query(RunsLocally.words, rpc_timeout=timedelta(seconds=1))
    assert not query.done()
    (pair.folder / f"{name}.go").touch()
    assert await query == "lingering"
    assert await handle.result() == "done"
    events = (await handle.fetch_history()).events
    assert (released_tasks(events), timeouts(events)) == (1, [])
