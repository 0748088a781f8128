"""`workflow_status.py`: the workflow's own word, and without a worker what the server knows."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from temporal.chaos.observation import sleeping, until
from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.integration.script_process import Scripts, open_sleep

pytest_plugins = ["tests.integration.script_runner"]


@activity.defn
async def fail() -> None:
    """Fails whenever it is tried, with text that a terminal would obey."""
    raise ApplicationError("\x1b[2Jno [red]luck[/red]\nat all", next_retry_delay=timedelta(milliseconds=1))


@workflow.defn
class Stubborn:
    """A workflow of no type that the scripts know: no query, an activity that fails, a long timer."""

    @workflow.run
    async def run(self) -> None:
        """Waits for both."""
        trying = workflow.start_activity(fail, start_to_close_timeout=timedelta(seconds=10))
        await workflow.sleep(3600, summary="the long wait")
        await trying


async def test_a_running_workflow_tells_where_it_is(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    run_id = await open_sleep(client, workflow_id)
    await sleeping(client.get_workflow_handle(workflow_id))
    facts = await asyncio.to_thread(scripts.facts, "workflow_status", workflow_id)
    assert (facts["run_id"], facts["state"]) == (run_id, "RUNNING")
    assert facts["type"] == "DurableDemoWorkflow"
    assert (facts["status"]["phase"], facts["status"]["steps_done"]) == ("sleeping", ["before-1"])
    assert facts["no_status"] is None
    assert "workers" not in facts


def test_an_ended_workflow_tells_how_it_ended(scripts: Scripts, workflow_id: str) -> None:
    start = ("durable-demo", "--id", workflow_id, "--sleep-seconds", "0", "--steps", "0")
    result = scripts.facts("start_workflow", *start)["result"]
    facts = scripts.facts("workflow_status", workflow_id)
    assert (facts["state"], facts["result"], facts["cause"]) == ("COMPLETED", result, None)
    assert facts["ended"] >= facts["started"]
    assert facts["status"]["phase"] == "completed"


async def test_a_dead_worker_leaves_what_the_server_knows(
    target: EmbeddedTarget, scripts: Scripts, workflow_id: str
) -> None:
    worker = await target.start_worker()
    begun = datetime.now(UTC)
    await open_sleep(target.client, workflow_id, target.task_queue)
    await sleeping(target.client.get_workflow_handle(workflow_id))
    worker.kill()
    facts = await asyncio.to_thread(scripts.facts, "workflow_status", workflow_id, "--timeout", "0.5")
    assert facts["status"] is None
    assert facts["no_status"] == "no worker answered within 0.5 s"
    [timer] = facts["pending_timers"]
    assert timer["summary"] == "durable sleep of 3600 s"
    assert datetime.fromisoformat(timer["fires_at"]) - begun >= timedelta(seconds=3600)
    [poller] = facts["pollers"]  # the server lists who polled in the last minutes
    assert f"/{worker.pid}-" in poller
    assert facts["workers"].startswith(f"1 polled '{target.task_queue}' in the last minutes, but: no worker")


async def test_a_queue_without_a_worker_is_told(scripts: Scripts, client: Client, workflow_id: str) -> None:
    await open_sleep(client, workflow_id, "nobody")
    facts = await asyncio.to_thread(scripts.facts, "workflow_status", workflow_id, "--timeout", "0.5")
    assert (facts["state"], facts["status"], facts["pollers"]) == ("RUNNING", None, [])
    assert facts["pending_workflow_task"]["attempt"] == 1
    assert facts["workers"] == "no worker polls 'nobody'; start one: python -m temporal.workers.worker"
    text = await asyncio.to_thread(scripts.run, "workflow_status", workflow_id, "--timeout", "0.5")
    assert text.exit_code == 0
    assert facts["workers"] in text.output


async def test_a_workflow_of_another_type_shows_its_pending_work(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        client, task_queue=workflow_id, workflows=[Stubborn], activities=[fail], workflow_runner=runner
    ):
        handle = await client.start_workflow(Stubborn.run, id=workflow_id, task_queue=workflow_id)

        async def tried_twice() -> bool:
            pending = (await handle.describe()).raw_description.pending_activities
            return any(entry.attempt > 1 for entry in pending)

        await until("a second attempt", tried_twice)
        facts = await asyncio.to_thread(scripts.facts, "workflow_status", workflow_id)
        text = await asyncio.to_thread(scripts.run, "workflow_status", workflow_id)
    assert facts["status"] is None
    assert "get_status" in facts["no_status"]
    [pending] = facts["pending_activities"]
    assert (pending["type"], pending["attempt"] > 1) == ("fail", True)
    assert pending["last_failure"] == "\x1b[2Jno [red]luck[/red]\nat all"
    [timer] = facts["pending_timers"]
    assert timer["summary"] == "the long wait"
    assert text.exit_code == 0
    assert "\x1b" not in text.output
    assert "\\x1b[2Jno [red]luck[/red]\\nat all" in text.output


def test_a_workflow_that_never_was_is_an_error(scripts: Scripts) -> None:
    ended = scripts.run("workflow_status", "never-was", "--json")
    assert ended.exit_code == 1
    assert ended.one_error() == "error: no workflow 'never-was' in namespace 'default'"
    assert ended.output == ""
