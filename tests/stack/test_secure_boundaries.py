"""The ways around the frontend's door: its other ports, plain connections, and PostgreSQL."""

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCStatusCode

from temporal.config import ConnectionSettings
from tests.stack.compose_stack import docker, inspect
from tests.stack.secure_stack import REFUSED_BEFORE_A_WORD, SecureStack, Shown

pytest_plugins = ["tests.stack.secure_fixtures"]
pytestmark = pytest.mark.stack

HISTORY, MATCHING, INTERNAL_FRONTEND, HTTP, INTERNAL_HTTP = 7234, 7235, 7236, 7243, 7246
ASKED = DescribeNamespaceRequest(namespace="default")
SERVICES = ("postgresql", "temporal-server", "temporal-ui", "ui-door", "worker", "api")
JOBS = ("certificates", "databases", "temporal-schema", "temporal-namespace", "store")


async def test_without_tls_the_frontend_says_nothing(secure: SecureStack) -> None:
    plain = ConnectionSettings(address=secure.address)

    assert (await secure.call(plain, "DescribeNamespace", ASKED)).code == REFUSED_BEFORE_A_WORD


@pytest.mark.parametrize("port", [HISTORY, MATCHING, INTERNAL_FRONTEND, HTTP, INTERNAL_HTTP])
async def test_a_client_with_every_right_reaches_no_port_of_the_clusters_own(
    secure: SecureStack, port: int
) -> None:
    authority = "servers" if port == HTTP else "cluster"
    connection = secure.connection(secure.shown("admin"), secure.inside(port), authority)
    if port == HTTP:  # the frontend's other door has the same lock
        connection = secure.connection(Shown(None, secure.token("admin")), secure.inside(port), authority)

    assert (await secure.call(connection, "DescribeNamespace", ASKED)).code == REFUSED_BEFORE_A_WORD


async def test_a_member_of_the_cluster_reaches_the_internal_frontend(secure: SecureStack) -> None:
    member = Shown(secure.issued("temporal-server/internode"), "")
    connection = secure.connection(member, secure.inside(INTERNAL_FRONTEND), "cluster")

    assert (await secure.call(connection, "DescribeNamespace", ASKED)).code == RPCStatusCode.OK


def connected(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True)


@pytest.mark.parametrize("role", ["app_worker", "temporal_server", "postgres"])
def test_postgresql_takes_no_password_without_tls(secure: SecureStack, role: str) -> None:
    database = "temporal" if role == "temporal_server" else "app"
    url = secure.database_url(role, database)

    connected(url).close()
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connected(url.partition("?")[0] + "?sslmode=disable")


def test_every_connection_to_postgresql_over_the_network_is_encrypted(secure: SecureStack) -> None:
    with connected(secure.database_url("postgres", "postgres")) as database:
        seen = database.execute(
            "SELECT usename::text, ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            " WHERE client_addr IS NOT NULL"
        ).fetchall()

    assert {user for user, *_ in seen} >= {"temporal_server", "app_worker"}
    assert {tuple(how) for _, *how in seen} == {(True, "TLSv1.3")}


@pytest.mark.parametrize(
    ("role", "database", "statement"),
    [
        ("temporal_server", "temporal", "CREATE TABLE mine (id int)"),
        ("temporal_server", "temporal", "DROP TABLE namespaces"),
        ("temporal_server", "temporal_visibility", "ALTER TABLE executions_visibility ADD mine int"),
        ("app_worker", "app", "CREATE TABLE mine (id int)"),
        ("app_worker", "app", "DELETE FROM audit"),
        ("app_worker", "app", "UPDATE decisions SET outcome = 'approved'"),
        ("app_worker", "app", "ALTER TABLE audit DISABLE TRIGGER ALL"),
    ],
)
def test_what_a_service_logs_in_as_cannot_change_tables_or_the_record(
    secure: SecureStack, role: str, database: str, statement: str
) -> None:
    with connected(secure.database_url(role, database)) as login, pytest.raises(InsufficientPrivilege):
        login.execute(statement)


@pytest.mark.parametrize(
    ("role", "database"),
    [("app_worker", "temporal"), ("app_worker", "postgres"), ("temporal_server", "app"), ("app", "temporal")],
)
def test_a_role_does_not_get_into_the_others_database(secure: SecureStack, role: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf"):
        connected(secure.database_url(role, database))


@pytest.mark.parametrize("service", [*SERVICES, *JOBS])
def test_docker_inspect_shows_no_password_key_or_token(secure: SecureStack, service: str) -> None:
    shown = str(inspect(secure.container(service)))
    secrets = [*secure.secrets.glob("*_password"), *secure.certs.path.rglob("token")]
    keys = [file.read_text().splitlines()[1] for file in secure.certs.path.rglob("*.key")]

    assert [file for file in secrets if file.read_text() in shown] == []
    assert [key for key in keys if key in shown] == []


@pytest.mark.parametrize(
    ("service", "holds"),
    [
        ("postgresql", {"server.crt", "server.key"}),
        ("temporal-ui", {"ca.crt", "client.crt", "client.key"}),
        ("worker", {"ca.crt", "client.crt", "client.key", "token"}),
        ("api", {"ca.crt", "client.crt", "client.key", "token"}),
    ],
)
def test_a_container_holds_its_own_part_closed_to_others(
    secure: SecureStack, service: str, holds: set[str]
) -> None:
    listed = docker(
        "exec", secure.container(service), "stat", "-c", "%a %n", "/tls", *(f"/tls/{n}" for n in holds)
    )
    everything = docker("exec", secure.container(service), "ls", "/tls")

    assert set(everything.split()) == holds
    assert {line.split()[0] for line in listed.splitlines()} == {"500", "400"}
