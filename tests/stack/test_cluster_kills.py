import pytest

from tests.stack.cluster_stack import ClusterStack, back, sigkill, state_of
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off

pytest_plugins = ["tests.stack.cluster_fixtures"]
pytestmark = pytest.mark.stack

FRONTEND, HISTORY, MATCHING = "temporal-server", "temporal-history", "temporal-matching"


@pytest.mark.parametrize(
    "killed",
    [(HISTORY,), (MATCHING,), (HISTORY, MATCHING), (FRONTEND, "temporal-internal-worker")],
    ids=["history", "matching", "history-and-matching", "frontend-and-internal-worker"],
)
async def test_workflows_in_flight_survive_the_sigkill_of_one_container_of_a_role(
    cluster: ClusterStack, workers: HostWorkers, killed: tuple[str, ...]
) -> None:
    worker = await workers.start()
    flight = await take_off(await cluster.client(), workers.task_queue, sleep_seconds=4)
    victims = {cluster.members(service)[0] for service in killed}
    started = {victim: state_of(victim)["StartedAt"] for victim in victims}

    for victim in victims:
        sigkill(victim)

    store = cluster.store()
    await flight.end_well(await cluster.client(), store)
    store.dispose()
    assert worker.running
    for victim in victims:
        await back(victim, started[victim])
