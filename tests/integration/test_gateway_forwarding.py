"""What passes through the gateway arrives as it was sent: errors with details, large and odd messages."""

import os
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import grpc
import pytest
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.client import connect
from temporal.command_line import CommandError
from temporal.config import ConnectionSettings
from temporal.engine import Engine
from temporal.messages.durable_demo import DurableDemoInput
from temporal.recovery.gateway import Gateway
from temporal.recovery.listener import Listener
from temporal.recovery.upstream import Temporal
from temporal.workflows.durable_demo import DurableDemoWorkflow

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture
async def listener(shared_engine: Engine) -> AsyncIterator[Listener]:
    gateway = Gateway(Temporal(ConnectionSettings(address=shared_engine.address)))
    made = gateway.listener()
    await made.start()
    made.admit(os.getpgid(0))  # this very process is its worker
    yield made
    await made.close()
    await gateway.close(patience=0)


@pytest.fixture
async def client(listener: Listener) -> Client:
    return await connect(ConnectionSettings(address=f"127.0.0.1:{listener.port}"))


async def test_an_errors_details_arrive(client: Client) -> None:
    name = f"twice-{uuid.uuid4().hex[:8]}"

    async def start() -> None:
        request = DurableDemoInput(sleep_seconds=0)
        await client.start_workflow(DurableDemoWorkflow.run, request, id=name, task_queue="nobody-polls")

    await start()
    with pytest.raises(WorkflowAlreadyStartedError):  # the SDK knows it by the details alone
        await start()
    await client.get_workflow_handle(name).terminate()


async def test_a_status_code_arrives(client: Client) -> None:
    with pytest.raises(RPCError) as refusal:
        await client.get_workflow_handle("no-such-workflow").describe()
    assert refusal.value.status is RPCStatusCode.NOT_FOUND


async def test_a_deadline_is_kept(client: Client) -> None:
    name = f"silent-{uuid.uuid4().hex[:8]}"
    handle = await client.start_workflow(
        DurableDemoWorkflow.run, DurableDemoInput(), id=name, task_queue="nobody-polls"
    )
    with pytest.raises((RPCError, WorkflowQueryFailedError)):
        await handle.query(DurableDemoWorkflow.get_status, rpc_timeout=timedelta(seconds=1))
    await handle.terminate()


async def test_a_history_larger_than_grpcs_own_limit_passes(client: Client) -> None:
    name = f"large-{uuid.uuid4().hex[:8]}"
    megabyte = "x" * 1_000_000
    handle = await client.start_workflow("Any", megabyte, id=name, task_queue="nobody-polls")
    for _ in range(6):
        await handle.signal("more", megabyte)
    history = await handle.fetch_history()
    assert sum(event.ByteSize() for event in history.events) > 6_000_000
    await handle.terminate()


async def test_a_method_that_nobody_knows_is_the_servers_to_refuse(listener: Listener) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{listener.port}") as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/no.such.Service/Method")
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await call(b"anything")
    assert refusal.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_message_that_is_no_poll_is_the_servers_to_refuse(
    listener: Listener, shared_engine: Engine
) -> None:
    method = "/temporal.api.workflowservice.v1.WorkflowService/PollActivityTaskQueue"
    refusals = []
    for address in (shared_engine.address, f"127.0.0.1:{listener.port}"):
        async with grpc.aio.insecure_channel(address) as channel:
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await call(b"\xff\xff\xff", timeout=20)
        refusals.append((refusal.value.code(), refusal.value.details()))
    assert refusals[0] == refusals[1]


async def test_a_worker_works_through_the_gateway(listener: Listener, target: EmbeddedTarget) -> None:
    worker = target.launch_worker({"TEMPORAL_ADDRESS": f"127.0.0.1:{listener.port}"})
    listener.admit(worker.pid)
    await worker.wait_until_polling()
    name = f"through-{uuid.uuid4().hex[:8]}"
    result = await target.client.execute_workflow(
        DurableDemoWorkflow.run,
        DurableDemoInput(sleep_seconds=0, steps=2, work_units=2, work_unit_seconds=0.1),
        id=name,
        task_queue=target.task_queue,
    )
    assert len(result.steps) == 4

    async def holds_nothing() -> bool:
        return listener.ledger.tasks == {}

    # The result may reach the client before the reply to the worker's last task has passed.
    await until("the worker holds nothing", holds_nothing)


async def test_another_process_is_refused(listener: Listener) -> None:
    listener.admit(1)  # its worker is another process group
    with pytest.raises(CommandError, match="another process's"):
        await connect(ConnectionSettings(address=f"127.0.0.1:{listener.port}"), patience=0)
