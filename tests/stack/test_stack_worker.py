import asyncio

import pytest

from temporal.chaos.observation import sleeping, until
from temporal.messages.durable_demo import DurableDemoInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.stack.compose_stack import Stack, docker

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack


async def test_the_worker_container_is_back_after_a_sigkill_and_drains_at_a_stop(stack: Stack) -> None:
    stack.must("up", COMPOSE_PROFILES="app")
    client = await stack.client()
    handle = await client.start_workflow(
        DurableDemoWorkflow.run,
        DurableDemoInput(name="contained", sleep_seconds=3),
        id=f"{stack.project}-contained",
        task_queue="default",
    )
    await sleeping(handle)
    started = stack.state("worker")["StartedAt"]

    stack.sigkill("worker")

    async def healthy_again() -> bool:
        state = stack.state("worker")
        return bool(state["StartedAt"] != started and state["Health"]["Status"] == "healthy")

    assert [step.step for step in (await handle.result()).steps] == ["before-1", "after-1"]
    await until("the worker is healthy again", healthy_again)
    await asyncio.to_thread(docker, "stop", stack.container("worker"))
    assert stack.state("worker")["ExitCode"] == 0
    docker("rm", stack.container("worker"))
