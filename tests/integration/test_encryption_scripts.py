"""The scripts with encryption on: they read and write with the key, and without it say so in one line."""

import asyncio
from pathlib import Path

import pytest

from temporal.chaos.observation import sleeping
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from tests.integration.encryption_keys import OFF, key_file
from tests.integration.script_process import Scripts, error_of, open_sleep

pytest_plugins = ["tests.integration.encrypted_target"]


@pytest.fixture
async def scripts(encrypted: EmbeddedTarget, tmp_path: Path) -> Scripts:
    """The scripts with the right key, and a worker for them."""
    await encrypted.start_worker()
    file = tmp_path / "keys" / "key-a.keys"
    variables = {"TASK_QUEUE": encrypted.task_queue, "ENCRYPTION_KEY_FILE": str(file)}
    return Scripts(worker_environment(encrypted.engine.address, tmp_path) | variables, tmp_path)


async def test_with_the_key_a_workflow_is_started_signaled_and_looked_at(
    scripts: Scripts, encrypted: EmbeddedTarget
) -> None:
    name = f"{encrypted.task_queue}-approval"
    # As long as they may be: what encryption adds must not take a start's summary over the server's limit.
    start = ("approval", "--id", name, "--title", "t" * 200, "--requester", "r" * 200, "--detach")
    await asyncio.to_thread(scripts.facts, "start_workflow", *start)
    waiting = await asyncio.to_thread(scripts.facts, "workflow_status", name)
    assert waiting["status"]["title"] == "t" * 200
    await asyncio.to_thread(scripts.facts, "send_signal", "approve", name, "--approver", "ben")
    await encrypted.client.get_workflow_handle(name).result()
    ended = await asyncio.to_thread(scripts.facts, "workflow_status", name)
    assert ended["result"]["decision"]["decided_by"] == "ben"


@pytest.mark.parametrize(("kind", "says"), [("another", "only key-b"), ("none", "no key")])
async def test_without_the_key_a_status_is_one_line_that_names_the_key(
    scripts: Scripts, encrypted: EmbeddedTarget, tmp_path: Path, kind: str, says: str
) -> None:
    name = f"{encrypted.task_queue}-asleep"
    await open_sleep(encrypted.client, name, encrypted.task_queue)
    await sleeping(encrypted.client.get_workflow_handle(name))
    variables = OFF if kind == "none" else key_file(tmp_path / "keys", "key-b")
    ended = await asyncio.to_thread(scripts.run, "workflow_status", name, **variables)
    assert ended.exit_code == 1
    assert error_of(ended).startswith(
        f"error: the payload is encrypted with key 'key-a', and this process has {says}: "
    )
