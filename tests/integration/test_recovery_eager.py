"""Work that a worker was given in the answer to a call of its own, on no queue, when it is killed."""

import uuid

from temporalio.client import Client

from tests.integration.recovery_cases.dispatch import dispatch
from tests.integration.recovery_cases.histories import released_tasks, timeouts
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.requests import EagerStart, Plan
from tests.integration.recovery_cases.workflows import RunsActivity

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]


async def test_a_workflow_that_a_worker_started_eagerly_goes_on_elsewhere(client: Client, pair: Pair) -> None:
    name = f"eager-{uuid.uuid4().hex[:8]}"
    starter = await client.start_workflow(
        RunsActivity.run,
        Plan("start_eagerly", EagerStart("Dies", name, "eager-start")),
        id=f"{name}-starter",
        task_queue=pair.queue,
    )
    assert await starter.result() == 2  # the activity that started it died with it
    started = client.get_workflow_handle(name)
    assert await started.result() == "done"
    events = (await started.fetch_history()).events
    assert events[0].workflow_execution_started_event_attributes.eager_execution_accepted
    assert released_tasks(events) == 1
    assert timeouts(events) == []


async def test_an_activity_that_came_eagerly_is_tried_again(client: Client, pair: Pair) -> None:
    await dispatch(client, pair.queue, 0)  # so that it can only come eagerly
    handle = await client.start_workflow(
        RunsActivity.run, Plan("work", "eager"), id=f"eager-{uuid.uuid4().hex[:8]}", task_queue=pair.queue
    )
    await pair.marked("eager")
    await dispatch(client, pair.queue, 1000)
    assert await handle.result() == 2
