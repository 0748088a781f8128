"""Nexus operations whose handler's worker is killed; stock Temporal waits for the request's timeout, 10 s."""

import uuid
from collections.abc import AsyncIterator

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.nexus.v1 import EndpointSpec, EndpointTarget
from temporalio.api.operatorservice.v1 import CreateNexusEndpointRequest, DeleteNexusEndpointRequest
from temporalio.api.workflow.v1 import PendingNexusOperationInfo
from temporalio.client import Client, WorkflowHandle

from temporal.chaos.observation import until
from tests.integration.recovery_cases.histories import timeouts
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.requests import Errand
from tests.integration.recovery_cases.workflows import CallsNexus

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

Handle = WorkflowHandle[CallsNexus, str]


@pytest.fixture
async def endpoint(client: Client, pair: Pair) -> AsyncIterator[str]:
    """An endpoint that is served by the pair's queue."""
    target = EndpointTarget(worker=EndpointTarget.Worker(namespace=client.namespace, task_queue=pair.queue))
    name = f"desk-{uuid.uuid4().hex[:8]}"
    made = await client.operator_service.create_nexus_endpoint(
        CreateNexusEndpointRequest(spec=EndpointSpec(name=name, target=target))
    )
    yield name
    await client.operator_service.delete_nexus_endpoint(
        DeleteNexusEndpointRequest(id=made.endpoint.id, version=made.endpoint.version)
    )


async def start(client: Client, pair: Pair, errand: Errand) -> Handle:
    name = f"nexus-{uuid.uuid4().hex[:8]}"
    return await client.start_workflow(CallsNexus.run, errand, id=name, task_queue=pair.queue)


async def pending(handle: Handle) -> list[PendingNexusOperationInfo]:
    return list((await handle.describe()).raw_description.pending_nexus_operations)


async def test_an_operation_that_the_dead_worker_had_taken_is_tried_again(
    client: Client, pair: Pair, endpoint: str
) -> None:
    handle = await start(client, pair, Errand(endpoint, "served"))

    async def failed() -> bool:
        return [one.attempt for one in await pending(handle) if one.HasField("last_attempt_failure")] == [1]

    await until("the first attempt has failed", failed)
    [operation] = await pending(handle)
    assert "the worker died" in str(operation.last_attempt_failure)  # the release's word, and no timeout
    (pair.folder / "served.go").touch()
    assert await handle.result() == "served"
    assert timeouts((await handle.fetch_history()).events) == []


@pytest.mark.parametrize("point", ["before", "after", "within"])
async def test_an_operation_that_is_a_workflow_is_done_once(
    client: Client, pair: Pair, endpoint: str, point: str
) -> None:
    """The worker dies before it starts the workflow, after that and before it says so, or in the workflow."""
    mark = f"{point}-{uuid.uuid4().hex[:8]}"
    handle = await start(client, pair, Errand(endpoint, mark, later=True))
    assert await handle.result() == "done"
    assert (pair.folder / mark).exists()  # somebody died over it
    kinds = [event.event_type for event in (await handle.fetch_history()).events]
    assert kinds.count(EventType.EVENT_TYPE_NEXUS_OPERATION_STARTED) == 1
    delivery = await client.get_workflow_handle(f"delivery-{mark}").fetch_history()
    assert timeouts(delivery.events) + timeouts((await handle.fetch_history()).events) == []


async def test_no_operation_after_the_kill_goes_to_the_dead(
    client: Client, pair: Pair, endpoint: str
) -> None:
    """Both workers wait for operations when one dies: a poll of the dead one must not swallow any."""
    await pair.kill(min(pair.workers()))
    handles = [await start(client, pair, Errand(endpoint)) for _ in range(12)]
    for handle in handles:
        assert await handle.result() == "served"
        assert timeouts((await handle.fetch_history()).events) == []
