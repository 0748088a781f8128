"""A worker, and the API with its pages behind real HTTP, in the process of the test."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from temporalio.client import Client

from services.api.app import create_app
from services.api.links import load_link_key
from services.api.settings import ApiSettings, ServiceSettings
from services.token import make_token
from temporal.chaos.observation import until
from temporal.chaos.targets.environment import free_ports
from temporal.client import connect
from temporal.config import ConnectionSettings, EngineSettings, Settings, StoreSettings, WorkerSettings
from temporal.engine import Engine
from temporal.store.database import open_store
from temporal.store.effects import EffectRecord
from temporal.store.prepare import prepare_store
from temporal.workers.search_attributes import ensure_search_attributes
from temporal.workers.serving import build_worker

HOUR = 3_600.0


class Site:
    """The pages of one test.

    Args:
        settings: The API's.
        client: A client of the engine.

    Attributes:
        url: Where a browser reaches them.
    """

    def __init__(self, settings: ServiceSettings, client: Client) -> None:
        self.settings = settings
        self.client = client
        self.url = settings.api.base_url
        self._label = uuid.uuid4().hex[:6]

    def with_other_people(self) -> "Site":
        """Returns the same pages, with names that nobody has had yet."""
        return Site(self.settings, self.client)

    def person(self, name: str) -> str:
        """Returns a name of this test's own: the engine is shared, and lists show what others may decide."""
        return f"{name}.{self._label}"

    def token(self, name: str, *roles: str, groups: tuple[str, ...] = (), seconds: float = HOUR) -> str:
        """Returns a bearer token of somebody."""
        return make_token(self.settings.api, name, list(groups), list(roles), seconds)

    async def call(
        self, name: str, method: str, path: str, json: object = None, *roles: str
    ) -> Mapping[str, object]:
        """Calls the JSON API as somebody and returns its answer."""
        headers = {"Authorization": f"Bearer {self.token(name, *roles)}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers) as http:
            answer = await http.request(method, path, json=json)
        assert answer.is_success, answer.text
        said: Mapping[str, object] = answer.json()
        return said

    async def ask(
        self,
        requester: str,
        title: str,
        *users: str,
        details: Mapping[str, object] | None = None,
        timeout_seconds: float | None = None,
        **policy: object,
    ) -> str:
        """Makes a request that the users may decide, waits until it is open, and returns its id."""
        body = {
            "title": title,
            "details": details or {},
            "timeout_seconds": timeout_seconds,
            "policy": {"users": list(users), **policy},
        }
        made = str((await self.call(requester, "POST", "/approvals", body))["id"])

        async def is_open() -> bool:
            return (await self.call(requester, "GET", f"/approvals/{made}"))["phase"] == "pending"

        await until(f"{title} waits for a decision", is_open)
        return made

    async def decide(
        self,
        name: str,
        request: str,
        outcome: str,
        comment: str = "",
        edited: Mapping[str, object] | None = None,
    ) -> None:
        """Decides by the JSON API, as another program would."""
        body = {"outcome": outcome, "comment": comment, "edited": edited}
        await self.call(name, "POST", f"/approvals/{request}/decisions", body)

    async def decision(self, name: str, request: str) -> dict[str, object]:
        """Returns a request's decision as the JSON API shows it to somebody; empty when there is none."""
        said = (await self.call(name, "GET", f"/approvals/{request}"))["decision"]
        return dict(said) if isinstance(said, dict) else {}

    async def ended(self, request: str) -> None:
        """Waits until a request's workflow has ended, in whatever way."""

        async def has_ended() -> bool:
            return (await self.client.get_workflow_handle(request).describe()).close_time is not None

        await until(f"{request} has ended", has_ended)

    async def link(self, request: str, approver: str, seconds: float = HOUR) -> str:
        """Returns the address of a signed link for an approver."""
        body = {"approver": approver, "seconds": seconds}
        path = f"/approvals/{request}/links"
        return str((await self.call(self.person("mailer"), "POST", path, body, "service"))["url"])

    def expired_link(self, request: str, approver: str) -> str:
        """Returns the address of a link whose time is over."""
        return self._link(f"approval/{request}/any", request, approver, -60)

    def link_of_an_earlier_run(self, request: str, approver: str) -> str:
        """Returns the address of a link for another request that had the same workflow id."""
        return self._link(f"approval/{request}/earlier", request, approver, HOUR)

    def _link(self, approval: str, request: str, approver: str, seconds: float) -> str:
        token, _ = load_link_key(self.settings.api).make(approval, request, approver, (), seconds)
        return f"{self.url}/links/{token}"


@asynccontextmanager
async def open_site(engine: Engine, folder: Path) -> AsyncIterator[Site]:
    """Runs a worker and the API on an engine, with a store and keys in `folder`."""
    [port] = free_ports(1)
    core = Settings(
        connection=ConnectionSettings(address=engine.address),
        worker=WorkerSettings(task_queue=f"pages-{uuid.uuid4().hex[:8]}"),
        store=StoreSettings(data_dir=folder),
        engine=EngineSettings(data_dir=folder),
    )
    api = ApiSettings(data_dir=folder, port=port, ui_url=engine.ui, rate_limit=1_000_000)
    settings = ServiceSettings(core, api)
    client = await connect(core.connection, patience=10)
    await ensure_search_attributes(client)
    store = open_store(core.store)
    prepare_store(store)
    try:
        async with (
            build_worker(client, core.worker, EffectRecord(store, "pages"), "pages"),
            served(settings, client),
        ):
            yield Site(settings, client)
    finally:
        store.dispose()


@asynccontextmanager
async def served(settings: ServiceSettings, client: Client) -> AsyncIterator[None]:
    """Serves the API and its pages over a client."""
    config = uvicorn.Config(
        create_app(settings, client),
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started or serving.done()

    await until("the API serves", started)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
