"""The whole product with every lock on: workflows, approvals, scripts, recovery and the UI."""

import asyncio
import json
import os
import signal
import uuid

import httpx
import pytest
from sqlalchemy import select

from temporal.chaos.targets.environment import worker_environment
from temporal.messages.approval import ApprovalResult
from temporal.store import schema
from tests.integration.script_process import Scripts
from tests.stack.compose_stack import docker
from tests.stack.in_flight import take_off
from tests.stack.secure_stack import SecureStack
from tests.stack.stack_api import asked, caller, decided

pytest_plugins = ["tests.stack.secure_fixtures"]
pytestmark = pytest.mark.stack

CREDENTIALS = ("TEMPORAL_API_KEY", "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH")
ENVIRONMENTS = """
import json, pathlib
found = []
for process in pathlib.Path("/proc").glob("[0-9]*"):
    command = (process / "cmdline").read_bytes().decode().replace("\\0", " ")
    lines = (process / "environ").read_bytes().decode().split("\\0")
    found.append([command, dict(line.split("=", 1) for line in lines if "=" in line)])
print(json.dumps(found))
"""


def environments(stack: SecureStack) -> list[tuple[str, dict[str, str]]]:
    """Command and variables of every process of the worker's container."""
    return [
        (cmd, env)
        for cmd, env in json.loads(docker("exec", stack.container("worker"), "python", "-c", ENVIRONMENTS))
    ]


def worker_processes(stack: SecureStack) -> list[int]:
    """The host's ids of the workers' processes in their container."""
    listed = docker("top", stack.container("worker"), "-eo", "pid,args").splitlines()
    return [int(line.split()[0]) for line in listed if "temporal.workers.worker" in line]


async def test_a_request_over_http_is_decided_by_workers_and_audited_in_postgresql(
    secure: SecureStack,
) -> None:
    async with caller(secure, "ana") as ana, caller(secure, "bob") as bob:
        approval = await asked(ana, "Pay invoice 4711")
        await decided(bob, approval)
    handle = (await secure.client()).get_workflow_handle(approval, result_type=ApprovalResult)
    result = await asyncio.wait_for(handle.result(), 60)

    store = secure.store()
    with store.connect() as connection:
        rows = connection.execute(
            select(schema.audit.c.kind, schema.audit.c.who).where(schema.audit.c.workflow_id == approval)
        ).all()
    store.dispose()
    assert result.decision.outcome == "approved"
    assert {("vote", "bob"), ("outcome", "bob")} <= {(kind, who) for kind, who in rows}


async def test_work_in_flight_survives_the_sigkill_of_a_worker_behind_the_gateway(
    secure: SecureStack,
) -> None:
    client = await secure.client()
    first, *_ = worker_processes(secure)
    flight = await take_off(client, "default", sleep_seconds=3)

    os.kill(first, signal.SIGKILL)

    store = secure.store()
    await flight.end_well(client, store)
    store.dispose()
    assert first not in worker_processes(secure)


def test_a_script_on_the_host_works_with_the_starters_credentials(secure: SecureStack) -> None:
    folder = secure.certs.path / "starter"
    variables = {
        **worker_environment(secure.address, secure.folder),
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(folder / "ca.crt"),
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(folder / "client.crt"),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(folder / "client.key"),
        "TEMPORAL_API_KEY": secure.token("starter"),
        "TASK_QUEUE": "default",
    }
    demo = ("durable-demo", "--sleep-seconds", "1", "--id", f"script-{uuid.uuid4().hex[:8]}")

    done = Scripts(variables, secure.folder).facts("start_workflow", *demo)
    refused = Scripts(variables | {"TEMPORAL_API_KEY": secure.token("reader")}, secure.folder).run(
        "start_workflow", *demo
    )

    assert done["status"] == "COMPLETED"
    assert refused.exit_code == 1
    assert "unauthorized" in refused.one_error().lower()
    assert secure.token("reader") not in refused.one_error()


def test_the_supervisor_has_the_credentials_and_its_workers_have_none(secure: SecureStack) -> None:
    processes = environments(secure)
    supervisors = [variables for command, variables in processes if "temporal.recovery" in command]
    workers = [variables for command, variables in processes if "temporal.workers.worker" in command]

    assert [all(one.get(name) for name in CREDENTIALS) for one in supervisors] == [True]
    assert len(workers) == 2
    for one in workers:
        assert [name for name in CREDENTIALS if one.get(name)] == []
        assert secure.token("worker") not in json.dumps(one)
        assert one["TEMPORAL_ADDRESS"].startswith("127.0.0.1:")


async def test_the_ui_shows_each_person_what_their_own_token_allows(secure: SecureStack) -> None:
    url = f"http://127.0.0.1:{secure.ui_port}/api/v1/namespaces/default/workflows"
    people = {
        "nobody": "",
        "reader": secure.token("reader"),
        "forger": secure.token("reader")[:-8] + "AAAAAAAA",
    }
    async with httpx.AsyncClient(timeout=60) as browser:
        shown = {
            who: (await browser.get(url, auth=("any name", token) if token else None)).status_code
            for who, token in people.items()
        }

    assert shown == {"nobody": 401, "reader": 200, "forger": 403}


async def test_a_reader_of_the_ui_changes_nothing(secure: SecureStack) -> None:
    client = await secure.client()
    workflow = await client.start_workflow("Nobodys", id=f"kept-{uuid.uuid4().hex}", task_queue="nobodys")
    site = f"http://127.0.0.1:{secure.ui_port}"
    end = f"/api/v1/namespaces/default/workflows/{workflow.id}/terminate"

    async def answered(role: str) -> int:
        async with httpx.AsyncClient(base_url=site, timeout=60, auth=("", secure.token(role))) as browser:
            await browser.get("/api/v1/settings")  # it sets the cookie against forged requests
            headers = {"X-CSRF-TOKEN": browser.cookies["_csrf"]}
            return (await browser.post(end, json={"reason": "by the UI"}, headers=headers)).status_code

    assert await answered("reader") == 403
    assert (await workflow.describe()).close_time is None
    assert await answered("starter") == 200
    assert (await workflow.describe()).close_time is not None
