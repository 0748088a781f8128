"""The API as a test uses it: in this process, with callers that have tokens."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from fastapi import FastAPI
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowHandle

from services.api.app import create_app
from services.api.context import Context
from services.api.settings import ApiSettings, ServiceSettings
from services.token import make_token
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.config import ConnectionSettings, EngineSettings, Settings, StoreSettings, WorkerSettings
from temporal.messages.approval import ApprovalResult
from temporal.workflows.approval_workflow import ApprovalWorkflow

DAY = 86_400.0


@dataclass
class Api:
    """The running API.

    Attributes:
        app: The app.
        settings: What it was made with.
        target: The engine, store and workers behind it.
    """

    app: FastAPI
    settings: ServiceSettings
    target: EmbeddedTarget
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def context(self) -> Context:
        context: Context = self.app.state.context
        return context

    def token(self, subject: str, *, groups: list[str] | None = None, roles: list[str] | None = None) -> str:
        return make_token(self.settings.api, subject, groups or [], roles or [], DAY)

    async def caller(
        self, subject: str, *, groups: list[str] | None = None, roles: list[str] | None = None
    ) -> httpx.AsyncClient:
        """Returns a client whose every request carries the subject's token."""
        token = self.token(subject, groups=groups, roles=roles)
        return await self.anybody(Authorization=f"Bearer {token}")

    async def anybody(self, **headers: str) -> httpx.AsyncClient:
        """Returns a client without a token."""
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers, timeout=60)
        return await self._open.enter_async_context(client)

    def workflow(self, approval: str) -> WorkflowHandle[ApprovalWorkflow, ApprovalResult]:
        """Returns an approval's workflow."""
        return self.context.temporal.client.get_workflow_handle(approval, result_type=ApprovalResult)

    async def forget(self, approval: str) -> None:
        """Has the server delete a workflow, as it does when its retention is over."""
        client = self.context.temporal.client
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=approval)
            )
        )


@asynccontextmanager
async def running_api(target: EmbeddedTarget, **changed: Any) -> AsyncIterator[Api]:
    """Runs the API over a target, with API settings by keyword; waits until it is ready."""
    settings = settings_of(target)
    settings = replace(settings, api=replace(settings.api, **changed))
    app = create_app(settings)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:
        api = Api(app, settings, target, stack)
        client = await api.anybody()

        async def ready() -> bool:
            return (await client.get("/ready")).status_code == 200

        await until("the API is ready", ready)
        yield api


def settings_of(target: EmbeddedTarget) -> ServiceSettings:
    """Returns the settings that lead to a target."""
    core = Settings(
        connection=ConnectionSettings(address=target.engine.address),
        worker=WorkerSettings(task_queue=target.task_queue),
        store=StoreSettings(data_dir=target.folder),
        engine=EngineSettings(data_dir=target.folder),
    )
    return ServiceSettings(core, ApiSettings(data_dir=target.folder, rate_limit=1_000_000))


def name(what: str = "who") -> str:
    """Returns a name that no other test uses."""
    return f"{what}-{uuid.uuid4().hex[:10]}"


async def asked(
    requester: httpx.AsyncClient, title: str = "Pay invoice 4711", key: str = "", **body: Any
) -> str:
    """Makes a request and returns its id."""
    headers = {"Idempotency-Key": key} if key else {}
    answer = await requester.post("/approvals", json={"title": title, **body}, headers=headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def opened(client: httpx.AsyncClient, approval: str) -> None:
    """Waits until a request is open: a decision before that is taken too, and is the first event of all."""

    async def reached() -> bool:
        return bool((await client.get(f"/approvals/{approval}")).json()["opened_at"])

    await until(f"{approval} is open", reached)


async def decided(
    approver: httpx.AsyncClient, approval: str, outcome: str = "approved", key: str = "", **body: Any
) -> httpx.Response:
    """Decides and returns the answer."""
    headers = {"Idempotency-Key": key} if key else {}
    return await approver.post(
        f"/approvals/{approval}/decisions", json={"outcome": outcome, **body}, headers=headers
    )


async def ended(api: Api, approval: str) -> ApprovalResult:
    """Waits for an approval's end and returns its result."""
    return await asyncio.wait_for(api.workflow(approval).result(), 60)


def assert_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """Checks that an answer is a problem of a kind, and returns it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].endswith(f":{slug}"), body
    return body
