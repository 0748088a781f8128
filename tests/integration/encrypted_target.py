"""pytest plugin: a target whose client and workers encrypt.

A test module asks for it by `pytest_plugins = ["tests.integration.encrypted_target"]`.
"""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.engine import Engine
from tests.integration.encryption_keys import key_file

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture
async def encrypted(shared_engine: Engine, tmp_path: Path) -> AsyncIterator[EmbeddedTarget]:
    """The shared engine with a client and workers that have `key-a`, on a store and a queue of their own."""
    variables = {"WORKER_STICKY_TIMEOUT_SECONDS": "1", **key_file(tmp_path / "keys", "key-a")}
    queue = f"test-{uuid.uuid4().hex[:8]}"
    folder = tmp_path / "target"
    async with EmbeddedTarget(folder, variables, engine=shared_engine, task_queue=queue) as target:
        yield target
