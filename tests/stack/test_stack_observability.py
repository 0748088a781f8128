"""The profile `observability` on the stack: Prometheus, as the Compose file has it, finds everything."""

import asyncio
import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.api.identity import SESSION_COOKIE
from temporal.chaos.observation import until
from temporal.chaos.targets.environment import free_ports
from temporal.messages.durable_demo import DurableDemoInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.observability.expressions import dashboard_queries
from tests.observability.prometheus_server import PrometheusServer
from tests.stack.compose_stack import ROOT, Stack, docker, inspect

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack

WORKERS = 2
OURS = ("worker", "api", "prometheus")
IMAGE = "prom/prometheus:v2.53.0"


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[PrometheusServer]:
    """Prometheus beside worker and API; Grafana's image is built by nobody here, so it is not started."""
    [port] = free_ports(1)
    stack.must("up", *OURS, PROMETHEUS_PORT=str(port), PROMETHEUS_URL="http://prometheus:9090")
    yield PrometheusServer(f"http://127.0.0.1:{port}")
    for service in OURS:  # other tests want the task queue for themselves
        docker("rm", "--force", stack.container(service))


async def _has_data(server: PrometheusServer, expression: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    async def reached() -> bool:
        nonlocal found
        samples = await asyncio.to_thread(server.query, expression)
        found = [dict(sample.labels) for sample in samples if not math.isnan(sample.value)]
        return bool(found)

    await until(f"{expression} has data", reached)
    return found


async def test_prometheus_reaches_every_service_by_its_own_configuration(server: PrometheusServer) -> None:
    for job, count in (("supervisor", 1), ("worker", WORKERS), ("api", 1), ("temporal", 1)):
        expression = f'up{{job="{job}"}} == 1'

        async def all_up(expression: str = expression, count: int = count) -> bool:
            return len(await asyncio.to_thread(server.query, expression)) == count

        await until(f"{count} of {job} are up", all_up)


@pytest.mark.parametrize("name", [name for name in dashboard_queries() if name.startswith("temporal-server")])
async def test_a_query_of_the_servers_dashboard_returns_data(
    stack: Stack, server: PrometheusServer, name: str
) -> None:
    client = await stack.client()
    for number in range(2):
        await client.execute_workflow(
            DurableDemoWorkflow.run,
            DurableDemoInput(name="observed", sleep_seconds=1),
            id=f"{stack.project}-{abs(hash(name))}-{number}",
            task_queue="default",
        )
    await _has_data(server, dashboard_queries()[name])


async def test_the_dashboard_page_has_its_history_from_prometheus(
    stack: Stack, server: PrometheusServer
) -> None:
    token = docker("exec", stack.container("api"), "python", "-m", "services.token", "--subject", "ana")
    cookies = {SESSION_COOKIE: token}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stack.api_port}", cookies=cookies) as ana:
        found: dict[str, Any] = {}

        async def two_poll() -> bool:
            nonlocal found
            found = (await ana.get("/dashboard/data")).raise_for_status().json()
            return bool(found["charts"]["workers"].get("polling", [None])[-1] == WORKERS)

        await until("the dashboard knows of the workers", two_poll)
    assert found["source"] == "prometheus"


async def test_the_servers_times_are_in_seconds(server: PrometheusServer) -> None:
    [bound] = await _has_data(server, 'count by (le) (service_latency_bucket{le="0.001"})')
    assert bound == {"le": "0.001"}


def test_metrics_are_open_to_the_stacks_network_only(stack: Stack, server: PrometheusServer) -> None:
    for service, published in (
        ("worker", set()),
        ("temporal-server", {"7233/tcp"}),
        ("prometheus", {"9090/tcp"}),
    ):
        ports = inspect(stack.container(service))["NetworkSettings"]["Ports"]
        assert {port for port, bindings in ports.items() if bindings} == published
        assert {binding["HostIp"] for bindings in ports.values() for binding in bindings or []} <= {
            "127.0.0.1"
        }


def test_prometheus_can_do_no_more_than_its_work(stack: Stack, server: PrometheusServer) -> None:
    container = inspect(stack.container("prometheus"))
    assert container["HostConfig"]["ReadonlyRootfs"]
    assert container["HostConfig"]["CapDrop"] == ["ALL"]
    assert container["HostConfig"]["Memory"] > 0
    assert container["Config"]["User"] == "nobody"


def test_the_image_starts_as_the_official_one_does() -> None:
    config = inspect(IMAGE)["Config"]
    assert config["Entrypoint"] == ["/bin/prometheus"]
    assert config["WorkingDir"] == "/prometheus"
    assert "/prometheus" in config["Volumes"]
    assert docker("run", "--rm", "--entrypoint", "/bin/promtool", IMAGE, "--version").startswith("promtool")


def test_grafana_finds_its_datasource_and_dashboards_where_the_compose_file_mounts_them() -> None:
    folder = ROOT / "docker" / "observability" / "grafana"
    assert "uid: prometheus" in (folder / "datasources" / "prometheus.yml").read_text()
    provider = (folder / "dashboards" / "provider.yml").read_text()
    compose = (ROOT / "docker" / "docker-compose.yml").read_text()
    assert "path: /etc/grafana/provisioning/dashboards" in provider
    assert "./observability/grafana:/etc/grafana/provisioning:ro" in compose
    for file in (folder / "dashboards").glob("*.json"):
        assert '"uid": "prometheus"' in file.read_text()
