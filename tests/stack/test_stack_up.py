import http.client
import json
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

from temporal.messages import search_attributes
from tests.integration.script_process import Scripts
from tests.stack.compose_stack import Stack, inspect
from tests.stack.host_workers import HostWorkers

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack

SERVICES = ("postgresql", "temporal-server", "temporal-ui")
JOBS = ("passwords", "databases", "temporal-schema", "temporal-namespace")


def test_after_up_every_service_is_healthy_and_every_job_has_succeeded(stack: Stack) -> None:
    assert {name: stack.state(name)["Health"]["Status"] for name in SERVICES} == dict.fromkeys(
        SERVICES, "healthy"
    )
    assert {name: stack.state(name)["ExitCode"] for name in JOBS} == dict.fromkeys(JOBS, 0)


def test_up_leaves_the_queue_to_a_worker_on_the_host(stack: Stack) -> None:
    with pytest.raises(AssertionError):
        stack.container("worker")


def test_a_second_up_keeps_every_container_and_changes_nothing(stack: Stack) -> None:
    before = {name: (stack.container(name), stack.state(name)["StartedAt"]) for name in SERVICES}

    stack.must("up")

    assert {name: (stack.container(name), stack.state(name)["StartedAt"]) for name in SERVICES} == before


def test_ports_are_open_to_this_host_only(stack: Stack) -> None:
    bound = {
        (name, binding["HostIp"])
        for name in SERVICES
        for bindings in inspect(stack.container(name))["NetworkSettings"]["Ports"].values()
        for binding in bindings or []
    }

    assert bound == {(name, "127.0.0.1") for name in SERVICES}


@pytest.mark.parametrize("service", [*SERVICES, *JOBS])
def test_a_container_can_do_no_more_than_its_work(stack: Stack, service: str) -> None:
    container = inspect(stack.container(service))
    host = container["HostConfig"]

    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
    root = {"passwords"}  # writes into a folder of whoever owns it
    assert container["Config"]["User"] in ("postgres", "temporal", "1000") or service in root


@pytest.mark.parametrize("service", [*SERVICES, *JOBS])
def test_no_password_is_in_a_containers_settings(stack: Stack, service: str) -> None:
    shown = str(inspect(stack.container(service)))

    assert not [file for file in stack.secrets.glob("*_password") if file.read_text() in shown]


@pytest.mark.parametrize(
    ("role", "database"), [("app", "temporal"), ("app", "temporal_visibility"), ("temporal", "app")]
)
def test_a_role_cannot_enter_the_others_database(stack: Stack, role: str, database: str) -> None:
    engine = create_engine(stack.database_url(role, database))

    with pytest.raises(OperationalError, match="permission denied"), engine.connect():
        pass


def test_the_databases_keep_what_they_acknowledge(stack: Stack) -> None:
    engine = create_engine(stack.database_url("temporal", "temporal"))
    with engine.connect() as connection:
        kept = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        }
    engine.dispose()

    assert set(kept.values()) == {"on"}


async def test_the_namespace_knows_every_search_attribute_of_ours(stack: Stack) -> None:
    client = await stack.client()

    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )

    assert dict(known.custom_attributes) == {
        key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in search_attributes.ALL
    }


def fetched(port: int, path: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            assert answer.status == 200
            return answer.read()


def test_the_ui_answers_and_reaches_temporal(stack: Stack) -> None:
    described = json.loads(fetched(stack.ui_port, "/api/v1/namespaces/default"))

    assert described["namespaceInfo"]["name"] == "default"
    assert b"<html" in fetched(stack.ui_port, "/").lower()


async def test_both_workflows_end_through_the_scripts(stack: Stack, workers: HostWorkers) -> None:
    await workers.start()
    scripts = Scripts(stack.environment(workers.task_queue), stack.folder)
    approval = f"{workers.task_queue}-approval"

    demo = scripts.facts("start_workflow", "durable-demo", "--sleep-seconds", "1")
    scripts.facts(
        "start_workflow", "approval", "--title", "T", "--requester", "ana", "--id", approval, "--detach"
    )
    assert scripts.run("send_signal", "approve", approval, "--approver", "bob").exit_code == 0
    joined = scripts.run("workflow_status", approval, "--json")

    assert demo["status"] == "COMPLETED"
    assert joined.exit_code == 0
