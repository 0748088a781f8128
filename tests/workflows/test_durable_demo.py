"""`DurableDemoWorkflow` from start to end: what runs, in which order, and how long it sleeps."""

import hashlib
from datetime import datetime, timedelta

from temporal.messages.durable_demo import MAX_STEPS, DemoPhase, DurableDemoInput
from temporal.store import schema
from tests.workflows.observed import demo_in, demo_status, heartbeat, timers, until_event
from tests.workflows.stage import Stage


async def test_the_default_run_sleeps_five_seconds_between_two_steps(stage: Stage) -> None:
    handle = await stage.start_demo()
    result = await handle.result()

    assert result.name == "demo"
    assert [step.step for step in result.steps] == ["before-1", "after-1"]
    assert [step.output for step in result.steps] == [
        hashlib.sha256(b"demo/before-1").hexdigest(),
        hashlib.sha256(b"demo/after-1").hexdigest(),
    ]
    assert result.slept_seconds >= 5
    assert await timers(handle) == [timedelta(seconds=5)]
    assert result.work is None
    assert (await demo_status(handle)).steps_done == ["before-1", "sleep", "after-1"]


async def test_every_step_and_event_is_stored_once_under_its_effect_key(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(steps=2))
    result = await handle.result()

    assert [row.step for row in stage.rows(schema.steps)] == ["before-1", "before-2", "after-1", "after-2"]
    assert [row.effect_key for row in stage.rows(schema.steps)] == [step.effect_key for step in result.steps]
    assert all(step.effect_key.startswith(f"{handle.first_execution_run_id}/") for step in result.steps)
    assert [row.kind for row in stage.rows(schema.events)] == ["demo-started", "demo-completed"]


async def test_a_sleep_of_a_day_lasts_a_day(stage: Stage) -> None:
    before = await stage.environment.get_current_time()
    handle = await stage.start_demo(DurableDemoInput(sleep_seconds=86_400))
    status = await demo_in(handle, DemoPhase.SLEEPING)
    assert status.steps_done == ["before-1"]
    assert status.sleep_deadline is not None
    assert datetime.fromisoformat(status.sleep_deadline) >= before + timedelta(days=1)

    result = await handle.result()
    assert timedelta(seconds=result.slept_seconds) >= timedelta(days=1)
    assert await timers(handle) == [timedelta(days=1)]
    assert [row.step for row in stage.rows(schema.steps)] == ["before-1", "after-1"]


async def test_a_sleep_of_nine_years_ends_too(stage: Stage) -> None:
    years = timedelta(days=9 * 365)  # this server ends every workflow after ten
    handle = await stage.start_demo(DurableDemoInput(sleep_seconds=years.total_seconds()), limit=2 * years)
    result = await handle.result()
    assert timedelta(seconds=result.slept_seconds) >= years
    assert await timers(handle) == [years]
    assert [step.step for step in result.steps] == ["before-1", "after-1"]


async def test_a_sleep_of_no_time_starts_no_timer(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(sleep_seconds=0))
    result = await handle.result()

    assert result.slept_seconds == 0
    assert [step.step for step in result.steps] == ["before-1", "after-1"]
    assert await timers(handle) == []
    assert (await demo_status(handle)).sleep_deadline is None


async def test_a_sleep_of_a_fraction_is_not_cut_short(stage: Stage) -> None:
    for seconds in (1e-9, 0.001, 0.5, 1.25):
        handle = await stage.start_demo(DurableDemoInput(sleep_seconds=seconds, steps=0))
        result = await handle.result()
        assert timedelta(seconds=result.slept_seconds) >= timedelta(seconds=seconds)
        assert (await demo_status(handle)).steps_done == ["sleep"]


async def test_a_run_without_steps_only_sleeps(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(steps=0))
    result = await handle.result()
    assert result.steps == []
    assert stage.rows(schema.steps) == []
    assert await timers(handle) == [timedelta(seconds=5)]


async def test_the_most_steps_all_run_in_order(idle_stage: Stage) -> None:
    handle = await idle_stage.start_demo(DurableDemoInput(steps=MAX_STEPS, sleep_seconds=1))
    async with idle_stage.worker(cached_workflows=1):
        result = await handle.result()
    numbers = range(1, MAX_STEPS + 1)
    expected = [f"before-{number}" for number in numbers] + [f"after-{number}" for number in numbers]
    assert [step.step for step in result.steps] == expected
    assert [row.step for row in idle_stage.rows(schema.steps)] == expected


async def test_long_running_work_happens_between_the_steps_and_the_sleep(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(work_units=3, work_unit_seconds=0.01))
    result = await handle.result()

    assert result.work is not None
    chain = b"work"
    for _ in range(4):
        chain = hashlib.sha256(chain).hexdigest().encode()
    assert (result.work.units, result.work.resumed_from, result.work.attempt) == (3, 0, 1)
    assert result.work.chain == chain.decode()
    status = await demo_status(handle)
    assert status.phase is DemoPhase.COMPLETED
    assert status.steps_done == ["before-1", "work", "sleep", "after-1"]


async def test_the_progress_of_long_running_work_reaches_the_server_again_and_again(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(work_units=30, work_unit_seconds=0.1, sleep_seconds=0))
    told = set()
    while (await demo_status(handle)).phase is not DemoPhase.COMPLETED:
        if progress := await heartbeat(handle):
            told.add(progress.units_done)
    assert len(told) >= 4  # of six: the worker sends one in half a second


async def test_a_sleep_goes_on_while_no_worker_runs(idle_stage: Stage) -> None:
    handle = await idle_stage.start_demo(DurableDemoInput(sleep_seconds=86_400))
    async with idle_stage.worker():
        await demo_in(handle, DemoPhase.SLEEPING)
    await idle_stage.skip(timedelta(days=1))
    await until_event(handle, "TIMER_FIRED")
    async with idle_stage.worker():
        result = await handle.result()
    assert timedelta(seconds=result.slept_seconds) >= timedelta(days=1)
    assert [row.step for row in idle_stage.rows(schema.steps)] == ["before-1", "after-1"]
