"""Keys and notification targets reach the containers as files: they work, and nothing shows them."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest

from temporal.chaos.observation import until
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import key_line, read_keys
from temporal.messages.approval import ApprovalResult
from temporal.store import schema
from tests.integration.encryption_keys import key_file, key_in
from tests.stack.compose_stack import Stack, docker, inspect, with_override
from tests.stack.stack_api import PROGRAMS, asked, caller, decided, with_app

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack

SINK = Path(__file__).with_name("overrides") / "sink.yml"
TITLE, COMMENT, TARGET_SECRET = (f"canary-{uuid.uuid4().hex}" for _ in range(3))


@dataclass
class Secret:
    """A stack with a key and a target, and an approval that was decided in it."""

    stack: Stack
    approval: str
    key: bytes


async def an_approval(stack: Stack) -> str:
    async with caller(stack, "ana") as ana, caller(stack, "bob") as bob:
        approval = await asked(ana, TITLE)
        await decided(bob, approval, COMMENT)
    client = await stack.client()

    async def ended() -> bool:
        described = await client.get_workflow_handle(approval, result_type=ApprovalResult).describe()
        return described.close_time is not None

    await until("the approval has ended", ended)
    return approval


async def raw_history(stack: Stack, approval: str) -> bytes:
    client = await stack.client()
    answer = await client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(
            namespace=client.namespace, execution=WorkflowExecution(workflow_id=approval)
        )
    )
    return answer.SerializeToString()


@pytest.fixture(scope="module")
def secret(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secret]:
    """An approval in a stack with a key that only its owner may read, and a webhook for everybody."""
    folder = tmp_path_factory.mktemp("secret")
    targets = folder / "targets.toml"
    targets.write_text(f'default = ["json://sink:8080/{TARGET_SECRET}"]\n')
    targets.chmod(0o600)
    variables = {
        "ENCRYPTION_KEY_FILE": key_file(folder / "keys", "key-a")["ENCRYPTION_KEY_FILE"],
        "NOTIFY_TARGETS": str(targets),
        "COMPOSE_FILE": with_override(SINK),
    }
    try:
        with with_app(stack, f"secret-{uuid.uuid4().hex[:8]}", **variables):
            yield Secret(stack, asyncio.run(an_approval(stack)), key_in(folder / "keys", "key-a"))
    finally:
        docker("rm", "--force", stack.container("sink"))


async def test_with_a_key_the_history_holds_no_plain_payload(secret: Secret) -> None:
    history = await raw_history(secret.stack, secret.approval)

    assert b"binary/encrypted" in history
    assert [word for word in (TITLE, COMMENT) if word.encode() in history] == []


def test_with_a_key_no_byte_of_temporals_databases_tells_the_payload(secret: Secret) -> None:
    dump = ("exec", secret.stack.container("postgresql"), "pg_dump", "-U", "postgres", "--data-only")
    dumped = "".join(docker(*dump, database) for database in ("temporal", "temporal_visibility"))

    # What is no text is dumped as hexadecimal digits.
    assert b"binary/encrypted".hex() in dumped
    for word in (TITLE, COMMENT):
        assert word not in dumped
        assert word.encode().hex() not in dumped


def test_the_target_of_the_mounted_file_is_told(secret: Secret) -> None:
    store = secret.stack.store()
    rows = select(schema.deliveries.c.scheme, schema.deliveries.c.state)
    with store.connect() as connection:
        found = connection.execute(rows.where(schema.deliveries.c.workflow_id == secret.approval)).all()
    store.dispose()
    posted = [json.loads(line) for line in docker("logs", secret.stack.container("sink")).splitlines()]

    assert set(map(tuple, found)) == {("json", "delivered")}
    assert any(TITLE in post["message"] or TITLE in post["title"] for post in posted)


@pytest.mark.parametrize("service", PROGRAMS)
def test_docker_inspect_shows_neither_key_nor_target(secret: Secret, service: str) -> None:
    shown = str(inspect(secret.stack.container(service)))

    assert "/run/secrets/encryption_keys" in shown
    assert secret.key.decode() not in shown
    assert TARGET_SECRET not in shown


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ENCRYPTION_KEY_FILE": "a", "ENCRYPTION_KEYS": "b"}, "allowed: only one of them"),
        ({"ENCRYPTION_KEY_FILE": "/nowhere/keys"}, "ENCRYPTION_KEY_FILE=/nowhere/keys: allowed: a file"),
        ({"NOTIFY_TARGETS": "/nowhere/targets"}, "NOTIFY_TARGETS=/nowhere/targets: allowed: a file"),
    ],
)
def test_a_file_that_cannot_be_given_is_named_before_anything_starts(
    stack: Stack, variables: dict[str, str], told: str
) -> None:
    ended = stack.run("up", **variables)

    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_keys_of_a_variable_become_a_file_and_go_when_the_variable_goes(stack: Stack) -> None:
    keys = [new_key("key-a"), new_key("key-b")]
    file = stack.secrets / "encryption_keys"

    stack.must("up", ENCRYPTION_KEYS=", ".join(map(key_line, keys)))
    given = file.read_text()
    stack.must("up")

    assert read_keys(given).keys == tuple(keys)
    assert file.read_text() == "# not set\n"
    assert stack.secrets.stat().st_mode & 0o777 == 0o700
