"""pytest plugin: the project's scripts, run as a user runs them, on a real engine with a real worker.

A test module asks for it by `pytest_plugins = ["tests.integration.script_runner"]`.
"""

import asyncio
from collections.abc import Iterator

import pytest
from temporalio.client import Client

from temporal.chaos.targets.environment import worker_environment
from temporal.chaos.worker_process import WorkerProcess
from temporal.client import connect
from temporal.config import ConnectionSettings
from temporal.engine import Engine
from tests.integration.script_process import QUEUE, Scripts

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture(scope="session")
def scripts(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripts]:
    """The scripts, on the shared engine and a task queue with one worker."""
    folder = tmp_path_factory.mktemp("scripts")
    environment = worker_environment(shared_engine.address, folder) | {"TASK_QUEUE": QUEUE}

    async def start() -> WorkerProcess:
        client = await connect(ConnectionSettings(address=shared_engine.address))
        worker = WorkerProcess(client, QUEUE, environment=environment, log=folder / "worker.log")
        try:
            await worker.wait_until_polling()
        except BaseException:
            worker.kill()
            raise
        return worker

    worker = asyncio.run(start())
    yield Scripts(environment, folder)
    worker.kill()


@pytest.fixture
async def client(shared_engine: Engine) -> Client:
    """A connection to the engine that the scripts use."""
    return await connect(ConnectionSettings(address=shared_engine.address))


@pytest.fixture
def workflow_id(request: pytest.FixtureRequest) -> str:
    """An id that no other test uses."""
    name: str = request.node.name
    return name[:100]
