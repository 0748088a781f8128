"""pytest plugin: crash tests of your own workflows, on a real engine, with workers that are really killed.

async def test_a_paid_order_is_paid_once(chaos_worker):
    async with chaos_worker(workflows=[Order], activities=[charge]) as worker:
        async with worker.kill_at("charge:after-effect", "order-1"):
            order = await worker.client.start_workflow(
                Order.run, "tea", id="order-1", task_queue=worker.task_queue
            )
        assert await order.result() == "charged for tea"

What the fixtures need is imported when they are used: the plugin costs a test run without them nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from temporal.chaos.supervised_worker import SupervisedWorker
    from temporal.engine import Engine


class ChaosWorker(Protocol):
    """What the fixture `chaos_worker` is: a function that runs workers until its block is left."""

    def __call__(
        self,
        *,
        workflows: Sequence[type] = (),
        activities: Sequence[Callable[..., Any]] = (),
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> "AbstractAsyncContextManager[SupervisedWorker]":
        """Runs two supervised workers; the arguments are those of `supervised_worker`."""
        ...


@pytest.fixture(scope="session")
def chaos_engine(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Engine]":
    """One embedded engine for every crash test of the session, on free ports."""
    from temporal.chaos.targets.environment import free_ports
    from temporal.config import EngineSettings, load_settings
    from temporal.dev_server import find_cli
    from temporal.engine import Engine

    port, ui_port = free_ports(2)
    cli = find_cli(load_settings().engine)
    folder = tmp_path_factory.mktemp("chaos-engine")
    engine = Engine(EngineSettings(port=port, ui_port=ui_port, cli_path=cli, data_dir=folder))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def chaos_worker(chaos_engine: "Engine", tmp_path: Path) -> ChaosWorker:
    """Runs workers of the test's own under a supervisor, to be killed at named points."""
    from temporal.chaos.supervised_worker import supervised_worker

    def run(
        *,
        workflows: Sequence[type] = (),
        activities: Sequence[Callable[..., Any]] = (),
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> "AbstractAsyncContextManager[SupervisedWorker]":
        return supervised_worker(
            chaos_engine,
            tmp_path / "chaos-worker",
            workflows=workflows,
            activities=activities,
            command=command,
            environment=environment,
        )

    return run
