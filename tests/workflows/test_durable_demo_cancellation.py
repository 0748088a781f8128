"""Cancellation of `DurableDemoWorkflow`: at every point it ends as canceled, and the status says where."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from temporalio.worker import Worker

from temporal.messages.durable_demo import MAX_STEPS, DemoPhase, DurableDemoInput
from temporal.store import schema
from temporal.store.effects import EffectRecord
from temporal.workers.registration import WORKFLOWS, activities
from tests.workflows.observed import (
    assert_canceled,
    demo_in,
    demo_status,
    events,
    until_event,
    until_heartbeat,
)
from tests.workflows.stage import TASK_QUEUE, Stage

DAY = DurableDemoInput(sleep_seconds=86_400)


async def test_a_cancellation_during_the_sleep_ends_it_and_skips_the_steps_after(stage: Stage) -> None:
    handle = await stage.start_demo(DAY)
    await demo_in(handle, DemoPhase.SLEEPING)
    await handle.cancel()
    await assert_canceled(handle)

    status = await demo_status(handle)
    assert (status.phase, status.detail) == (DemoPhase.CANCELED, "canceled at sleep")
    assert status.steps_done == ["before-1"]
    assert "TIMER_CANCELED" in await events(handle)
    assert [row.step for row in stage.rows(schema.steps)] == ["before-1"]
    assert [row.kind for row in stage.rows(schema.events)] == ["demo-started", "demo-canceled"]


async def test_a_cancellation_before_the_first_workflow_task_is_seen_by_the_run(idle_stage: Stage) -> None:
    handle = await idle_stage.start_demo(DAY)
    await handle.cancel()
    async with idle_stage.worker():
        await assert_canceled(handle)
        status = await demo_status(handle)
    assert (status.phase, status.detail) == (DemoPhase.CANCELED, "canceled at start")
    assert [row.kind for row in idle_stage.rows(schema.events)] == ["demo-canceled"]


async def test_canceled_work_stops_before_the_run_ends_and_stores_no_result(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(work_units=100_000, work_unit_seconds=0.05))
    await until_heartbeat(handle)
    await handle.cancel()
    await assert_canceled(handle)

    status = await demo_status(handle)
    assert (status.phase, status.detail) == (DemoPhase.CANCELED, "canceled at work")
    seen = await events(handle)
    assert seen.index("ACTIVITY_TASK_CANCELED") < seen.index("WORKFLOW_EXECUTION_CANCELED")
    assert "long_running_task" not in [row.activity for row in stage.rows(schema.effects)]


async def test_a_step_under_way_is_left_to_finish_on_its_own(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(steps=MAX_STEPS))
    await demo_in(handle, DemoPhase.STEPS_BEFORE)
    with stage.store.begin():  # the worker's activities now wait for the store
        await handle.cancel()
        status = await demo_in(handle, DemoPhase.CANCELED)
    await assert_canceled(handle)

    assert status.detail == f"canceled at {status.current_step}"
    assert status.current_step.startswith("before-")
    stored = [row.step for row in stage.rows(schema.steps)]
    assert stored in (status.steps_done, [*status.steps_done, status.current_step])


async def test_a_store_that_is_away_does_not_keep_a_canceled_run_open(stage: Stage) -> None:
    handle = await stage.start_demo(DAY)
    await demo_in(handle, DemoPhase.SLEEPING)
    with stage.store.begin() as connection:
        connection.execute(text("ALTER TABLE effects RENAME TO effects_away"))
    await handle.cancel()
    await assert_canceled(handle)
    assert (await demo_status(handle)).phase is DemoPhase.CANCELED
    assert [row.kind for row in stage.rows(schema.events)] == ["demo-started"]


async def test_a_cancellation_in_the_task_of_an_activitys_result_is_not_lost(idle_stage: Stage) -> None:
    stage = idle_stage
    handle = await stage.start_demo(DAY)
    async with Worker(stage.client, task_queue=TASK_QUEUE, workflows=WORKFLOWS, max_cached_workflows=0):
        await until_event(handle, "ACTIVITY_TASK_SCHEDULED")
    with ThreadPoolExecutor(1) as threads:
        async with Worker(
            stage.client,
            task_queue=TASK_QUEUE,
            activities=activities(EffectRecord(stage.store, "test")),
            activity_executor=threads,
            max_concurrent_activities=1,
        ):
            await until_event(handle, "ACTIVITY_TASK_COMPLETED")
    await handle.cancel()
    async with stage.worker():
        await assert_canceled(handle)
        assert (await demo_status(handle)).phase is DemoPhase.CANCELED
    assert "TIMER_STARTED" not in await events(handle)
