"""pytest plugin: a real engine and real worker processes to test with.

A test module asks for it by `pytest_plugins = ["tests.integration.engine_fixtures"]`.
"""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports
from temporal.config import EngineSettings
from temporal.engine import Engine
from tests.integration.engine_folder import EngineFolder
from tests.integration.restarts import kill_engine

SHORT_STICKY = {"WORKER_STICKY_TIMEOUT_SECONDS": "1"}
"""What a dead worker's cached workflows wait before another takes them; no test here is about its length."""


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for every test that leaves it running."""
    port, ui_port = free_ports(2)
    folder = tmp_path_factory.mktemp("shared-engine")
    engine = Engine(EngineSettings(port=port, ui_port=ui_port, data_dir=folder))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
async def target(shared_engine: Engine, tmp_path: Path) -> AsyncIterator[EmbeddedTarget]:
    """The shared engine with a store and a task queue of the test's own."""
    queue = f"test-{uuid.uuid4().hex[:8]}"
    folder = tmp_path / "target"
    async with EmbeddedTarget(folder, SHORT_STICKY, engine=shared_engine, task_queue=queue) as target:
        yield target


@pytest.fixture
async def own_target(tmp_path: Path) -> AsyncIterator[EmbeddedTarget]:
    """An engine of the test's own, to be killed."""
    async with EmbeddedTarget(tmp_path / "target", SHORT_STICKY) as target:
        yield target
        if target.engine.process():
            kill_engine(target)  # a stop would take seconds, for data that nobody reads again


@pytest.fixture
def engine_folder(tmp_path: Path) -> Iterator[EngineFolder]:
    """A data folder and free ports on which a test runs the engine's command; what runs there is killed."""
    folder = EngineFolder(tmp_path / "data")
    yield folder
    if folder.engine.process():
        folder.kill()  # a stop would take seconds, for data that nobody reads again
    folder.engine.stop()
