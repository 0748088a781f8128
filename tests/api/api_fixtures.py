"""pytest plugin: the API in this process, over a real engine, a real worker and a real store.

A test module asks for it by `pytest_plugins = ["tests.api.api_fixtures"]`.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.engine import Engine
from tests.api.api_client import Api, running_api

pytest_plugins = ["tests.integration.engine_fixtures"]

SHORT_STICKY = {"WORKER_STICKY_TIMEOUT_SECONDS": "1"}
"""What a dead worker's cached workflows wait before another takes them."""


@pytest.fixture(scope="session")
def api_target(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTarget]:
    """A task queue and a store with one worker, for every test that leaves them running."""
    queue = f"api-{uuid.uuid4().hex[:8]}"
    folder = tmp_path_factory.mktemp("api-target")
    target = EmbeddedTarget(folder, SHORT_STICKY, engine=shared_engine, task_queue=queue)
    with asyncio.Runner() as runner:
        runner.run(target.__aenter__())
        runner.run(target.start_worker())
        yield target
        runner.run(target.__aexit__(None, None, None))


@pytest.fixture
async def api(api_target: EmbeddedTarget) -> AsyncIterator[Api]:
    """The API, ready."""
    async with running_api(api_target) as api:
        yield api
