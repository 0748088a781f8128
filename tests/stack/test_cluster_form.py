import pytest

from tests.stack.cluster_stack import CLUSTER, ONE_SERVER, ROLES, ClusterStack
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off

pytest_plugins = ["tests.stack.cluster_fixtures"]
pytestmark = pytest.mark.stack

COUNTS = {CLUSTER: ROLES, ONE_SERVER: dict.fromkeys(ROLES, 0) | {"temporal-server": 1}}


@pytest.mark.parametrize(
    ("before", "after"),
    [(CLUSTER, ONE_SERVER), (ONE_SERVER, CLUSTER)],
    ids=["cluster-to-one-server", "one-server-to-cluster"],
)
async def test_a_stack_changes_its_form_with_workflows_in_flight(
    cluster: ClusterStack, workers: HostWorkers, before: str, after: str
) -> None:
    cluster.form(before)
    await workers.start()
    flight = await take_off(await cluster.client(), workers.task_queue, sleep_seconds=15)

    cluster.form(after)

    assert cluster.counts() == COUNTS[after]
    store = cluster.store()
    await flight.end_well(await cluster.client(), store)
    store.dispose()
