"""pytest plugin: a Compose stack that is up, and workers on this host that poll it.

A test module asks for it by `pytest_plugins = ["tests.stack.stack_fixtures"]`.
"""

import uuid
from collections.abc import Iterator

import pytest

from temporal.store.prepare import migrate
from tests.stack.compose_stack import Stack
from tests.stack.host_workers import HostWorkers


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for every test: started from a clean state, and removed with its volumes."""
    stack = Stack(tmp_path_factory.mktemp("stack"), f"stack-test-{uuid.uuid4().hex[:8]}")
    try:
        stack.must("up")
        store = stack.store()
        migrate(store)
        store.dispose()
        yield stack
    finally:
        stack.must("down", "--volumes")


@pytest.fixture
def workers(stack: Stack) -> Iterator[HostWorkers]:
    """Starts workers on this host."""
    with HostWorkers(stack) as workers:
        yield workers
