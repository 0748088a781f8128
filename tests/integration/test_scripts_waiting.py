"""`start_workflow.py --wait`: it sees the end through deaths and restarts, and tells every kind of end."""

import asyncio
import signal
import subprocess

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from temporal.chaos.observation import sleeping, until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from tests.integration.script_process import Scripts, error_of, facts_of, finished

pytest_plugins = ["tests.integration.script_runner"]

DEMO = ("durable-demo", "--json", "--id")


def beside(target: EmbeddedTarget) -> Scripts:
    """The scripts on a target's engine and queue."""
    environment = worker_environment(target.engine.address, target.folder)
    return Scripts(environment | {"TASK_QUEUE": target.task_queue}, target.folder)


async def begun(client: Client, workflow_id: str) -> None:
    """Waits until the server knows the workflow."""

    async def known() -> bool:
        try:
            await client.get_workflow_handle(workflow_id).describe()
        except RPCError:
            return False
        return True

    await until(f"{workflow_id} begins", known)


async def test_waiting_outlives_the_worker(target: EmbeddedTarget, workflow_id: str) -> None:
    worker = await target.start_worker()
    waiting = beside(target).launch("start_workflow", *DEMO, workflow_id, "--sleep-seconds", "1")
    await begun(target.client, workflow_id)
    await sleeping(target.client.get_workflow_handle(workflow_id))
    worker.kill()
    await target.start_worker()
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 0
    assert facts_of(ended)["status"] == "COMPLETED"


async def test_waiting_outlives_the_engine(own_target: EmbeddedTarget, workflow_id: str) -> None:
    await own_target.start_worker()
    waiting = beside(own_target).launch("start_workflow", *DEMO, workflow_id, "--sleep-seconds", "3")
    await begun(own_target.client, workflow_id)
    await sleeping(own_target.client.get_workflow_handle(workflow_id))
    server = own_target.engine.process()
    assert server is not None
    server.kill()
    await asyncio.to_thread(server.wait)
    assert waiting.stderr is not None
    while "Temporal does not answer" not in await asyncio.to_thread(waiting.stderr.readline):
        assert waiting.poll() is None
    await asyncio.to_thread(own_target.engine.start)
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 0
    assert facts_of(ended)["status"] == "COMPLETED"


async def test_ctrl_c_stops_the_waiting_and_not_the_workflow(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    waiting = scripts.launch(
        "start_workflow", "approval", "--title", "T", "--requester", "R", "--id", workflow_id
    )
    await begun(client, workflow_id)
    waiting.send_signal(signal.SIGINT)
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 1
    assert error_of(ended).endswith(f": python scripts/workflow_status.py {workflow_id}")
    described = await client.get_workflow_handle(workflow_id).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING


async def waited_for(scripts: Scripts, client: Client, workflow_id: str) -> "subprocess.Popen[str]":
    """Starts an hour's sleep and waits until the script waits for it in its turn."""
    waiting = scripts.launch("start_workflow", *DEMO, workflow_id, "--sleep-seconds", "3600")
    await begun(client, workflow_id)
    return waiting


async def test_a_terminated_workflow_is_a_failure_with_its_reason(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    waiting = await waited_for(scripts, client, workflow_id)
    await client.get_workflow_handle(workflow_id).terminate(reason="enough\x1b[2J\nof it")
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 1
    assert error_of(ended) == f"error: workflow '{workflow_id}' TERMINATED: enough\\x1b[2J\\nof it"
    assert facts_of(ended)["cause"] == "enough\\x1b[2J\\nof it"


async def test_a_canceled_workflow_is_a_failure(scripts: Scripts, client: Client, workflow_id: str) -> None:
    waiting = await waited_for(scripts, client, workflow_id)
    await client.get_workflow_handle(workflow_id).cancel()
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 1
    assert error_of(ended).startswith(f"error: workflow '{workflow_id}' CANCELED: ")
    assert facts_of(ended)["status"] == "CANCELED"


async def test_a_failed_workflow_is_a_failure_with_its_cause(
    target: EmbeddedTarget, workflow_id: str
) -> None:
    await target.client.start_workflow(
        "DurableDemoWorkflow", {"steps": -1}, id=workflow_id, task_queue=target.task_queue
    )
    waiting = beside(target).launch("start_workflow", *DEMO, workflow_id)
    assert waiting.stderr is not None
    assert "is running already" in await asyncio.to_thread(waiting.stderr.readline)
    await target.start_worker()
    ended = await asyncio.to_thread(finished, waiting)
    assert ended.exit_code == 1
    assert error_of(ended) == (
        f"error: workflow '{workflow_id}' FAILED: InvalidInput: steps: from 0 to 100, got -1"
    )
