import pytest

from temporal.chaos.observation import until
from tests.stack.compose_stack import Stack
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack


async def back(stack: Stack, service: str, started: str) -> None:
    """Waits until Docker has started the service again and it is healthy."""

    async def healthy_again() -> bool:
        state = stack.state(service)
        return bool(state["StartedAt"] != started and state["Health"]["Status"] == "healthy")

    await until(f"{service} is back", healthy_again)


@pytest.mark.parametrize(
    "killed",
    [("temporal-server",), ("postgresql",), ("temporal-server", "postgresql")],
    ids=["server", "postgresql", "both"],
)
@pytest.mark.parametrize("worker_too", [False, True], ids=["worker-lives", "worker-too"])
async def test_workflows_in_flight_survive_a_sigkill(
    stack: Stack, workers: HostWorkers, killed: tuple[str, ...], worker_too: bool
) -> None:
    worker = await workers.start()
    flight = await take_off(await stack.client(), workers.task_queue, sleep_seconds=4)
    started = {service: stack.state(service)["StartedAt"] for service in killed}

    for service in killed:
        stack.sigkill(service)
    if worker_too:
        worker.kill()
    for service in killed:
        await back(stack, service, started[service])
    if worker_too:
        await workers.start()

    assert worker_too or worker.running
    store = stack.store()
    await flight.end_well(await stack.client(), store)
    store.dispose()


async def test_the_volumes_survive_down_and_up(stack: Stack, workers: HostWorkers) -> None:
    worker = await workers.start()
    flight = await take_off(await stack.client(), workers.task_queue, sleep_seconds=20)

    stack.must("down")
    worker.kill()
    stack.must("up")
    await workers.start()

    store = stack.store()
    await flight.end_well(await stack.client(), store)
    store.dispose()
