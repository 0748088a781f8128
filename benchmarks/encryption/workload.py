"""The workload and its modes: a text through three activities, plain, guarded and encrypted."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from benchmarks.paired import Sample as Sample
    from benchmarks.paired import sample
    from benchmarks.workload import ACTIVITIES, IN_FLIGHT
    from temporal.encryption.converter import data_converter
    from temporal.encryption.key_file import new_key
    from temporal.encryption_settings import Keyring

STOCK, OFF, ON = "SDK's converter", "encryption off", "encryption on"


@activity.defn
async def pass_on(text: str) -> str:
    """Returns what it is given."""
    return text


@workflow.defn
class PassOn:
    """Hands a text through three activities."""

    @workflow.run
    async def run(self, text: str) -> str:
        """Returns the text."""
        for _ in range(ACTIVITIES):
            text = await workflow.execute_activity(
                pass_on, text, start_to_close_timeout=timedelta(seconds=30), summary="pass it on"
            )
        return text


def converters() -> dict[str, DataConverter]:
    """Returns the data converter of each mode."""
    return {
        STOCK: DataConverter.default,
        OFF: data_converter(None),
        ON: data_converter(Keyring((new_key(),))),
    }


@asynccontextmanager
async def modes(client: Client) -> AsyncIterator[dict[str, Client]]:
    """Runs a worker for each mode, on a task queue of its name, and yields a client of each."""
    async with AsyncExitStack() as stack:
        clients = {}
        for name, converter in converters().items():
            clients[name] = Client(
                client.service_client, namespace=client.namespace, data_converter=converter
            )
            await stack.enter_async_context(
                Worker(
                    clients[name],
                    task_queue=name,
                    workflows=[PassOn],
                    activities=[pass_on],
                    max_concurrent_activities=IN_FLIGHT,
                    max_concurrent_workflow_tasks=IN_FLIGHT,
                )
            )
        yield clients


async def measure(client: Client, mode: str, at_once: int, size: int) -> Sample:
    """Runs the workload once in one mode."""
    text = "x" * size

    async def one() -> None:
        handle = await client.start_workflow(PassOn.run, text, id=uuid.uuid4().hex, task_queue=mode)
        assert await handle.result() == text

    return await sample(one, at_once)
