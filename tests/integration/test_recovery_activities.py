"""Activities whose worker is killed: their retry would come in ten minutes, and their timeout too."""

import uuid

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState
from temporalio.service import RPCError, RPCStatusCode

from temporal.chaos.observation import until
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.requests import Plan
from tests.integration.recovery_cases.workflows import RunsActivity

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

CANCEL_REQUESTED = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED

Handle = WorkflowHandle[RunsActivity, int]


@pytest.fixture(scope="module")
def options() -> list[str]:
    """One activity is completed from elsewhere, and the supervisor is told so."""
    return ["--async-activity", "leave_open"]


async def start(client: Client, pair: Pair, plan: Plan) -> Handle:
    name = f"{plan.activity}-{uuid.uuid4().hex[:8]}"
    return await client.start_workflow(RunsActivity.run, plan, id=name, task_queue=pair.queue)


async def failure_of(handle: Handle) -> ActivityError:
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    assert isinstance(ended.value.cause, ActivityError)
    return ended.value.cause


async def test_an_only_attempt_is_spent_and_fails_at_once(client: Client, pair: Pair) -> None:
    """Stock Temporal waits for the timeout and then fails too: one attempt is the policy's own wish."""
    handle = await start(client, pair, Plan("work", "only", attempts=1))
    failure = await failure_of(handle)
    assert failure.retry_state is RetryState.MAXIMUM_ATTEMPTS_REACHED
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "WorkerDied"


async def test_error_types_that_are_final_do_not_make_a_death_final(client: Client, pair: Pair) -> None:
    handle = await start(client, pair, Plan("work", "others", final=["ValueError", "TimeoutError"]))
    assert await handle.result() == 2


async def test_a_policy_can_name_a_death_as_final(client: Client, pair: Pair) -> None:
    handle = await start(client, pair, Plan("work", "final", final=["WorkerDied"]))
    assert (await failure_of(handle)).retry_state is RetryState.NON_RETRYABLE_FAILURE


async def test_an_activity_completed_from_elsewhere_outlives_its_worker(client: Client, pair: Pair) -> None:
    handle = await start(client, pair, Plan("leave_open", "open"))
    await pair.kill(await pair.marked("open"))
    await pair.ready(client)  # its release is over
    token = (pair.folder / "open.token").read_bytes()
    await client.get_async_activity_handle(task_token=token).complete(7)
    assert await handle.result() == 7


async def test_the_supervisor_has_to_be_told_of_such_an_activity(client: Client, pair: Pair) -> None:
    handle = await start(client, pair, Plan("leave_open_too", "untold"))
    await pair.kill(await pair.marked("untold"))
    assert await handle.result() == 2
    token = (pair.folder / "untold.token").read_bytes()
    with pytest.raises(RPCError) as refusal:
        await client.get_async_activity_handle(task_token=token).complete(7)
    assert refusal.value.status is RPCStatusCode.NOT_FOUND


async def test_a_cancellation_that_the_dead_worker_never_heard_of_counts(client: Client, pair: Pair) -> None:
    """The activity does not heartbeat, so that no worker could have been told."""
    handle = await start(client, pair, Plan("stay", "canceled", waits_for_cancellation=True))
    holder = await pair.marked("canceled")
    await handle.cancel()

    async def asked() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return [one.state for one in pending] == [
            PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
        ]

    await until("the activity is asked to cancel", asked)
    await pair.kill(holder)
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    assert isinstance(ended.value.cause, CancelledError)
