"""`cancel_workflow.py`: what it ends, and what it says when there is nothing to end."""

import asyncio

from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from temporal.chaos.observation import sleeping
from tests.integration.script_process import Scripts, error_of, facts_of, open_sleep

pytest_plugins = ["tests.integration.script_runner"]


@workflow.defn
class Unwilling:
    """Answers a cancellation with a failure, whose text a terminal would obey."""

    @workflow.run
    async def run(self) -> None:
        """Waits for the cancellation."""
        try:
            await workflow.wait_condition(lambda: False)
        except asyncio.CancelledError:
            raise ApplicationError("\x1b[2Jnot [b]me[/b]\nerror: two", type="Unwilling") from None


@workflow.defn
class Deaf:
    """Completes instead of being canceled, with a value that is not JSON."""

    @workflow.run
    async def run(self) -> bytes:
        """Waits for the cancellation."""
        try:
            await workflow.wait_condition(lambda: False)
        except asyncio.CancelledError:
            return b"\xff"
        return b""


async def test_a_sleeping_workflow_ends_as_canceled(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    run_id = await open_sleep(client, workflow_id)
    await sleeping(client.get_workflow_handle(workflow_id))
    facts = await asyncio.to_thread(scripts.facts, "cancel_workflow", workflow_id)
    assert facts == {
        "workflow_id": workflow_id,
        "run_id": run_id,
        "cancel_requested": True,
        "status": "CANCELED",
        "detail": "canceled at sleep",
    }
    again = await asyncio.to_thread(scripts.run, "cancel_workflow", workflow_id)
    assert again.exit_code == 1
    assert again.one_error() == f"error: workflow '{workflow_id}' has ended already (CANCELED)"


async def test_no_wait_leaves_the_request_with_the_server(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    handle = await client.start_workflow("Nobody", id=workflow_id, task_queue="nobody")
    facts = await asyncio.to_thread(scripts.facts, "cancel_workflow", workflow_id, "--no-wait")
    assert facts == {"workflow_id": workflow_id, "run_id": handle.result_run_id, "cancel_requested": True}
    history = await handle.fetch_history()
    requests = [
        event
        for event in history.events
        if event.HasField("workflow_execution_cancel_requested_event_attributes")
    ]
    assert len(requests) == 1
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_workflow_that_does_not_end_as_canceled_is_a_failure(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    async with Worker(
        client,
        task_queue=workflow_id,
        workflows=[Unwilling, Deaf],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        for kind in (Unwilling, Deaf):
            await client.start_workflow(
                kind.__name__, id=f"{workflow_id}-{kind.__name__}", task_queue=workflow_id
            )
        unwilling, deaf = await asyncio.gather(
            *(
                asyncio.to_thread(scripts.run, "cancel_workflow", f"{workflow_id}-{name}", "--json")
                for name in ("Unwilling", "Deaf")
            )
        )
    assert (unwilling.exit_code, deaf.exit_code) == (1, 1)
    assert error_of(unwilling) == (
        f"error: workflow '{workflow_id}-Unwilling' was not canceled but FAILED: "
        "Unwilling: \\x1b[2Jnot [b]me[/b]\\nerror: two"
    )
    assert facts_of(unwilling)["status"] == "FAILED"
    assert error_of(deaf).endswith("was not canceled but COMPLETED: the cancellation came too late")
    assert facts_of(deaf)["status"] == "COMPLETED"


def test_a_workflow_that_never_was_is_an_error(scripts: Scripts) -> None:
    ended = scripts.run("cancel_workflow", "never-was")
    assert ended.exit_code == 1
    assert ended.one_error() == "error: no workflow 'never-was' in namespace 'default'"
