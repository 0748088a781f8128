"""A worker that is told to stop: nothing is lost, the exit code tells, and the end is bounded."""

import signal

import pytest

from temporal.chaos import invariants, observation
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.activity_starts import activity_starts
from tests.integration.restarts import kill_engine
from tests.integration.worker_logs import logged

pytest_plugins = ["tests.integration.engine_fixtures"]

STEP = DurableDemoInput(name="one-step", sleep_seconds=0, steps=1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_worker_exits_0(target: EmbeddedTarget, number: signal.Signals) -> None:
    worker = await target.start_worker()
    worker.signal(number)
    assert await worker.ended() == 0


async def test_long_running_work_is_handed_over_and_none_of_it_is_lost(target: EmbeddedTarget) -> None:
    request = DurableDemoInput(name="work", sleep_seconds=0, steps=1, work_units=30, work_unit_seconds=0.1)
    work = WorkInput(subject="work", units=30, unit_seconds=0.1)
    first = await target.start_worker()
    handle = await start_demo(target, request)
    await observation.working(target.client, handle, work, units=3)
    second = await target.start_worker()
    first.signal(signal.SIGTERM)
    assert await first.ended() == 0
    result = await handle.result()
    assert result.work is not None
    assert result.work.attempt == 2
    assert result.work.resumed_from >= 3
    history = await handle.fetch_history()
    [start] = activity_starts(history, "long_running_task")
    assert f"/{second.pid}-" in start.identity
    assert start.last_failure.application_failure_info.type == "WorkerShutdown"
    assert invariants.work_is_right(result, request) == []
    assert invariants.steps_done_once(target.store, handle.id, request) == []


async def test_a_step_that_waits_for_the_store_is_finished_before_the_exit(target: EmbeddedTarget) -> None:
    worker = await target.start_worker({"STORE_TIMEOUT_SECONDS": "9"})
    with target.store.begin():  # SQLite's one write lock
        handle = await start_demo(target, STEP)
        await observation.activity_running(handle)
        worker.signal(signal.SIGTERM)
        await logged(worker.log, "draining")
        assert worker.running
    assert await worker.ended() == 0
    await target.start_worker()
    await handle.result()
    starts = activity_starts(await handle.fetch_history(), "log_event")
    assert starts[0].attempt == 1
    assert f"/{worker.pid}-" in starts[0].identity
    assert invariants.steps_done_once(target.store, handle.id, STEP) == []


async def test_a_second_signal_ends_a_drain_at_once_with_exit_1(target: EmbeddedTarget) -> None:
    worker = await target.start_worker(
        {"STORE_TIMEOUT_SECONDS": "60", "WORKER_GRACEFUL_SHUTDOWN_SECONDS": "3600"}
    )
    with target.store.begin():
        handle = await start_demo(target, STEP)
        await observation.activity_running(handle)
        worker.signal(signal.SIGTERM)
        await logged(worker.log, "draining")
        worker.signal(signal.SIGTERM)
        assert await worker.ended() == 1


async def test_the_exit_is_bounded_when_the_engine_was_killed_before(own_target: EmbeddedTarget) -> None:
    worker = await own_target.start_worker({"WORKER_GRACEFUL_SHUTDOWN_SECONDS": "0"})
    kill_engine(own_target)
    worker.signal(signal.SIGTERM)
    assert await worker.ended() == 1  # by its own watchdog: nobody sends a second signal
