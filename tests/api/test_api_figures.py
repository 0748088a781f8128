"""What the API shows Prometheus: requests by route, and what it sees of Temporal; no name, id or token."""

import asyncio
import socket
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from services.api.context import Context
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports, worker_environment
from tests.api.api_client import Api, asked, decided, ended, name, opened, running_api
from tests.api.plain_app import plain_app
from tests.figures import Shown, scraped
from tests.integration.programs import run_module

pytest_plugins = ["tests.api.api_fixtures"]


def shown(context: Context) -> Shown:
    return Shown([generate_latest(context.figures.registry).decode()])


async def test_requests_are_counted_by_route_and_never_by_what_they_name(api_target: EmbeddedTarget) -> None:
    async with running_api(api_target, metrics_port=1) as api:
        ana, bob = await api.caller("ana"), await api.caller("bob")
        approval = await asked(ana, "Secret-title")
        await decided(bob, approval)
        await (await api.anybody()).get("/links/a-token-of-a-link")
        await bob.request("BREW-no-method", "/health")
        await bob.get("/no-such-place")
        seen = shown(api.context)

    routes = "api_request_seconds_count"
    assert seen.sum(routes, method="POST", route="/approvals", status="201") == 1
    assert seen.sum(routes, method="POST", route="/approvals/{id}/decisions", status="200") == 1
    assert seen.sum(routes, method="GET", route="/links/{token}") == 1
    assert seen.sum(routes, method="other") == 1
    assert seen.sum(routes, method="GET", route="unknown", status="404") >= 1
    assert seen.sum("api_request_seconds_sum", route="/approvals/{id}/decisions") > 0
    values = " ".join(seen.values("route") | seen.values("method") | seen.values("status"))
    secret = (approval, "a-token", "Secret", "BREW", "no-such-place", "ana", "bob")
    assert not [word for word in secret if word in values]


async def test_waiting_approvals_workflows_and_pollers_are_shown(api_target: EmbeddedTarget) -> None:
    async with running_api(api_target, metrics_port=1) as api:
        ana, bob = await api.caller("ana"), await api.caller("bob")
        before = await asked(ana, name())
        await opened(ana, before)
        await _until_shown(api, "approvals_waiting", 1)
        assert shown(api.context).sum("task_queue_pollers", kind="workflow") >= 1
        assert shown(api.context).sum("task_queue_pollers", kind="activity") >= 1
        assert shown(api.context).sum("workflows", status="Running") >= 1
        assert shown(api.context).sum("approvals_overdue") == 0
        assert shown(api.context).sum("api_temporal_up") == 1
        waiting = shown(api.context).sum("approvals_waiting")
        await decided(bob, before)
        await ended(api, before)
        await _until_shown(api, "approvals_waiting", waiting - 1, at_most=True)


async def _until_shown(api: Api, metric: str, value: float, *, at_most: bool = False) -> None:
    async def reached() -> bool:
        found = shown(api.context).sum(metric)
        return found <= value if at_most else found >= value

    await until(f"{metric} reaches {value}", reached)


async def test_what_nobody_decides_in_time_is_overdue_and_waits_in_the_backlog(
    own_target: EmbeddedTarget,
) -> None:
    worker = await own_target.start_worker()
    async with running_api(own_target, metrics_port=1) as api:
        ana = await api.caller("ana")
        approval = await asked(ana, "late", timeout_seconds=4)
        await opened(ana, approval)
        worker.kill()  # nobody is there to end it, nor to begin the next ones
        for _ in range(3):
            await ana.post("/approvals", json={"title": "unbegun"})
        await _until_shown(api, "approvals_overdue", 1)
        await _until_shown(api, "task_queue_backlog", 3)
        await _until_shown(api, "task_queue_backlog_seconds", 0.1)


async def test_while_temporal_is_away_there_is_no_old_figure(tmp_path: Path) -> None:
    async with plain_app(tmp_path, metrics_port=1) as app:
        await asyncio.sleep(0)
        seen = shown(app.context)
        text = generate_latest(app.context.figures.registry).decode()
    assert "\napi_temporal_up 0.0\n" in text
    assert 0 < seen.sum("data_disk_free_bytes") <= seen.sum("data_disk_size_bytes")
    assert seen.values("status") == set()


def test_a_taken_metrics_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        [api] = free_ports(1)
        variables = {"API_METRICS_PORT": port, "API_PORT": str(api)}
        environment = worker_environment("127.0.0.1:9", tmp_path) | variables
        ended = run_module("services.signal_api", environment=environment, folder=tmp_path)
    assert ended.exit_code == 1
    assert f"API_METRICS_PORT='{port}'" in ended.one_error()


async def test_the_port_is_open_at_the_address_of_the_setting_alone(tmp_path: Path) -> None:
    [port] = free_ports(1)
    async with plain_app(tmp_path, metrics_port=port) as app:
        await app.client.get("/health")
        with app.context.figures.served(app.settings):
            seen = await asyncio.to_thread(scraped, port)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.2", port)
    assert seen.sum("api_request_seconds_count", route="/health", status="200") == 1
