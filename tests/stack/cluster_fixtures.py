"""pytest plugin: a cluster that is up, and workers on this host that poll it.

A test module asks for it by `pytest_plugins = ["tests.stack.cluster_fixtures"]`.
"""

import uuid
from collections.abc import Iterator

import pytest

from temporal.store.prepare import migrate
from tests.stack.cluster_stack import CLUSTER, ClusterStack
from tests.stack.host_workers import HostWorkers


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterStack]:
    """A cluster for the tests of one module: started from a clean state, and removed with its volumes."""
    stack = ClusterStack(tmp_path_factory.mktemp("cluster"), f"cluster-test-{uuid.uuid4().hex[:8]}")
    try:
        stack.form(CLUSTER)
        store = stack.store()
        migrate(store)
        store.dispose()
        yield stack
    finally:
        stack.must("down", "--volumes", "--remove-orphans")


@pytest.fixture
def workers(cluster: ClusterStack) -> Iterator[HostWorkers]:
    """Starts workers on this host."""
    with HostWorkers(cluster) as workers:
        yield workers
