import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.stack.compose_stack import Stack, docker
from tests.stack.in_flight import take_off
from tests.stack.outages import SERVICES, back, silenced, starts, tried_again, unplugged

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack

CUT_SECONDS = 20
"""How long the worker is without a network: longer than every timeout of a task that it holds."""


@pytest.fixture
def contained(stack: Stack) -> Iterator[str]:
    """The stack's own worker, in its container; the task queue that it polls."""
    task_queue = f"contained-{uuid.uuid4().hex[:8]}"
    stack.must("up", COMPOSE_PROFILES="app", TASK_QUEUE=task_queue)
    yield task_queue
    docker("rm", "--force", stack.container("worker"))
    stack.must("up")


async def test_workflows_in_flight_survive_a_sigkill_of_the_whole_stack(stack: Stack, contained: str) -> None:
    flight = await take_off(await stack.client(), contained, sleep_seconds=4)
    started = starts(stack, *SERVICES)

    stack.sigkill(*SERVICES)

    await back(stack, started)
    store = stack.store()
    await flight.end_well(await stack.client(), store)
    store.dispose()


async def test_workflows_in_flight_survive_a_restart_of_every_container(stack: Stack, contained: str) -> None:
    flight = await take_off(await stack.client(), contained, sleep_seconds=4)
    started = starts(stack, *SERVICES)

    stack.must("restart")

    await back(stack, started)
    store = stack.store()
    await flight.end_well(await stack.client(), store)
    store.dispose()


@pytest.mark.parametrize("cut", [unplugged, silenced])
async def test_workflows_in_flight_survive_a_cut_of_the_workers_network(
    stack: Stack, contained: str, cut: Callable[[Stack, str], AbstractContextManager[None]]
) -> None:
    client = await stack.client()
    flight = await take_off(client, contained, sleep_seconds=4)
    started = starts(stack, "worker")

    with cut(stack, "worker"):
        over = asyncio.get_running_loop().time() + CUT_SECONDS
        await tried_again(flight.labourer)
        await asyncio.sleep(over - asyncio.get_running_loop().time())

    store = stack.store()
    await flight.end_well(client, store)
    store.dispose()
    assert starts(stack, "worker") == started
