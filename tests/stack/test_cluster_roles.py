import subprocess

import pytest
from sqlalchemy import create_engine, text

from temporal.chaos.observation import until
from tests.stack.cluster_stack import ROLES, ClusterStack, state_of
from tests.stack.compose_stack import DOCKER, docker

pytest_plugins = ["tests.stack.cluster_fixtures"]
pytestmark = pytest.mark.stack

PORTS = {
    "temporal-server": 7233,
    "temporal-matching": 7235,
    "temporal-history": 7234,
    "temporal-internal-worker": 7239,
}

HEALTH_OF = {
    "temporal-history": ("7234", "temporal.api.workflowservice.v1.HistoryService"),
    "temporal-matching": ("7235", "temporal.api.workflowservice.v1.MatchingService"),
    "temporal-internal-worker": ("7239", "temporal.api.workflowservice.v1.WorkerService"),
}

ALIVE = text(
    "SELECT rpc_address || ':' || rpc_port FROM cluster_membership"
    " WHERE last_heartbeat > now() AT TIME ZONE 'utc' - interval '15 seconds'"
)


def listens(container: str, port: int) -> bool:
    """Tells whether anything in the container listens on the port."""
    sockets = docker("exec", container, "cat", "/proc/net/tcp", "/proc/net/tcp6")
    return any(f":{port:04X} " in line and " 0A " in line for line in sockets.splitlines())


def serves(container: str, port: str, service: str) -> bool:
    """Tells whether the health check that the containers use passes."""
    command = [DOCKER, "exec", container, "sh", "/health/serving.sh", port, service]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def test_every_role_has_its_containers_and_all_are_healthy(cluster: ClusterStack) -> None:
    healthy = {
        service: [state_of(one)["Health"]["Status"] for one in cluster.members(service)] for service in ROLES
    }

    assert healthy == {service: ["healthy"] * count for service, count in ROLES.items()}


def test_a_container_runs_its_own_role_and_no_other(cluster: ClusterStack) -> None:
    open_ports = {
        service: [{port for port in PORTS.values() if listens(one, port)} for one in cluster.members(service)]
        for service in ROLES
    }

    assert open_ports == {service: [{PORTS[service]}] * count for service, count in ROLES.items()}


@pytest.mark.parametrize("service", HEALTH_OF)
def test_the_health_check_passes_for_the_service_that_runs_there_only(
    cluster: ClusterStack, service: str
) -> None:
    container, (port, _) = cluster.members(service)[0], HEALTH_OF[service]

    passed = {name for name, (_, asked) in HEALTH_OF.items() if serves(container, port, asked)}

    assert passed == {service}


def test_the_health_check_fails_where_nothing_listens(cluster: ClusterStack) -> None:
    port, asked = HEALTH_OF["temporal-history"]

    assert not serves(cluster.members("temporal-matching")[0], port, asked)


async def test_every_member_is_known_by_an_address_of_its_own(cluster: ClusterStack) -> None:
    engine = create_engine(cluster.database_url("temporal", "temporal"))

    async def all_known() -> bool:
        with engine.connect() as connection:
            known = set(connection.scalars(ALIVE))
        return len(known) == sum(ROLES.values()) and not any(one.startswith("127.") for one in known)

    await until("six members, each by its own address", all_known)
    engine.dispose()
