"""The API in its container: a request is made, decided and audited, whatever dies meanwhile."""

import asyncio
import uuid
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from temporal.chaos.observation import until
from temporal.messages.approval import ApprovalResult
from temporal.store import schema
from tests.stack.compose_stack import Stack, docker
from tests.stack.outages import back, starts
from tests.stack.stack_api import asked, caller, decided, with_app

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def app(stack: Stack) -> Iterator[Stack]:
    """The stack with its worker and its API."""
    with with_app(stack, f"api-{uuid.uuid4().hex[:8]}"):
        yield stack


async def result_of(stack: Stack, approval: str) -> str:
    client = await stack.client()
    handle = client.get_workflow_handle(approval, result_type=ApprovalResult)
    result: ApprovalResult = await asyncio.wait_for(handle.result(), 60)
    return result.decision.outcome


def audited(stack: Stack, approval: str) -> list[tuple[str, str, str]]:
    store = stack.store()
    columns = (schema.audit.c.kind, schema.audit.c.who, schema.audit.c.what)
    with store.connect() as connection:
        rows = connection.execute(select(*columns).where(schema.audit.c.workflow_id == approval))
        found = [(kind, who, what) for kind, who, what in rows]
    store.dispose()
    return found


async def test_a_request_over_http_is_decided_and_its_audit_is_in_postgresql(app: Stack) -> None:
    assert app.state("api")["Health"]["Status"] == "healthy"
    async with caller(app, "ana") as ana, caller(app, "bob") as bob:
        approval = await asked(ana, "Pay invoice 4711")
        await decided(bob, approval)

        assert await result_of(app, approval) == "approved"

    assert ("vote", "bob", "approved") in audited(app, approval)
    assert [who for kind, who, _ in audited(app, approval) if kind == "outcome"] == ["bob"]


async def test_without_a_token_the_api_in_its_container_asks_for_one(app: Stack) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.api_port}") as nobody:
        answer = await nobody.post("/approvals", json={"title": "T"})

    assert answer.status_code == 401


async def test_after_a_sigkill_the_api_is_back_and_its_old_tokens_count(app: Stack) -> None:
    async with caller(app, "ana") as ana, caller(app, "bob") as bob:
        approval = await asked(ana, "Asked before the kill")
        started = starts(app, "api")

        app.sigkill("api")

        await back(app, started)
        await decided(bob, approval)
        assert await result_of(app, approval) == "approved"


async def test_while_temporal_is_down_the_api_says_when_to_come_again(app: Stack) -> None:
    async with caller(app, "ana") as ana:
        docker("kill", app.container("temporal-server"))
        try:
            refused = await ana.post("/approvals", json={"title": "Asked in vain"})
        finally:
            docker("start", app.container("temporal-server"))

        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0

        async def taken() -> bool:
            answer = await ana.post("/approvals", json={"title": "Asked again"})
            return answer.status_code == 201

        await until("the API takes requests again", taken)


def test_the_apis_port_is_open_to_this_host_only(app: Stack) -> None:
    published = docker("port", app.container("api"))

    assert published == f"{app.api_port}/tcp -> 127.0.0.1:{app.api_port}"
