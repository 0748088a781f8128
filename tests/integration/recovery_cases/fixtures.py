"""pytest plugin: a pair of workers for each test module, on the engine that all modules share.

A module asks for it by `pytest_plugins`, together with `tests.integration.engine_fixtures`, and may have
fixtures `variables`, `options` and `command` of its own, of module scope.
"""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from temporalio.client import Client

from temporal.engine import Engine
from tests.integration.recovery_cases.pair import WORKER, Pair


@pytest.fixture(scope="module")
def variables() -> Mapping[str, str]:
    """What the module's workers get besides the rest."""
    return {}


@pytest.fixture(scope="module")
def options() -> Sequence[str]:
    """The module's options for the supervisor."""
    return ()


@pytest.fixture(scope="module")
def command() -> Sequence[str]:
    """The module's worker."""
    return WORKER


@pytest.fixture(scope="module")
def module_pair(
    shared_engine: Engine,
    variables: Mapping[str, str],
    options: Sequence[str],
    command: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """The module's supervisor, whatever state its workers are in."""
    folder = tmp_path_factory.mktemp("pair")
    pair = Pair(shared_engine.address, folder, variables, options=options, command=command)
    yield pair
    pair.close()


@pytest.fixture
async def client(shared_engine: Engine) -> Client:
    """A connection of the test's own, which does not pass through the supervisor."""
    return await Client.connect(shared_engine.address)


@pytest.fixture
async def pair(module_pair: Pair, client: Client) -> Pair:
    """The module's two workers, both polling."""
    await module_pair.ready(client)
    return module_pair
