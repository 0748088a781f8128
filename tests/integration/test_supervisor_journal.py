"""A killed supervisor: the next one reads its journal and releases what its workers held."""

import asyncio
from datetime import timedelta

import psutil
from temporalio.api.enums.v1 import EventType

from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.observation import sleeping, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.processes import gone

pytest_plugins = ["tests.integration.engine_fixtures"]

LONG_STICKY = {"WORKER_STICKY_TIMEOUT_SECONDS": "60"}
"""Longer than the test may take: only a release frees a cached workflow."""


async def kill_supervisor(target: EmbeddedTarget) -> None:
    """SIGKILLs it, and returns once its workers are gone too."""
    supervisor = target.workers[-1]
    workers = psutil.Process(supervisor.pid).children()
    supervisor.kill()
    await gone(workers)


async def test_the_next_supervisor_frees_cached_workflows(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target, LONG_STICKY).start()
    handle = await start_demo(target, DurableDemoInput(name="asleep", sleep_seconds=600))
    await sleeping(handle)
    await kill_supervisor(target)
    await SupervisedFleet(target, LONG_STICKY).start()
    status = await handle.query(DurableDemoWorkflow.get_status, rpc_timeout=timedelta(seconds=30))
    assert status.phase == "sleeping"
    await handle.terminate()


async def test_the_next_supervisor_gives_activities_back_as_those_of_a_dead_worker(
    target: EmbeddedTarget,
) -> None:
    await SupervisedFleet(target).start()
    request = DurableDemoInput(name="work", sleep_seconds=0, work_units=15, work_unit_seconds=0.2)
    handle = await start_demo(target, request)
    await working(target.client, handle, WorkInput(subject="work", units=15, unit_seconds=0.2), units=2)
    await kill_supervisor(target)
    await SupervisedFleet(target).start()
    await asyncio.wait_for(handle.result(), 60)
    failures = [
        event.activity_task_started_event_attributes.last_failure
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        and event.activity_task_started_event_attributes.attempt > 1
    ]
    assert [failure.application_failure_info.type for failure in failures] == ["WorkerDied"]


async def test_a_journal_is_removed_when_its_supervisor_ends(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    await kill_supervisor(target)
    folder = target.folder / "recovery"
    [left] = folder.glob("*.journal")
    await SupervisedFleet(target).start()
    assert not left.exists()
    assert len(list(folder.glob("*.journal"))) == 1
