"""`long_running_task`: its result, its heartbeats, and every way in which an attempt ends early."""

import asyncio
import dataclasses
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from temporal.activities.long_running import HEARTBEAT_SECONDS, LongRunningActivities
from temporal.messages.work import WorkInput, WorkProgress, WorkResult
from temporal.store import schema
from temporal.store.effects import EffectRecord
from temporal.store.errors import EffectConflict
from tests.activity_attempts import an_attempt

pytest_plugins = ["tests.store_fixtures"]

WORK = WorkInput(subject="tea", units=5, unit_seconds=0.001)


def chain_after(units: int, subject: str = "tea") -> str:
    """The hash chain's head, computed without the activity's own functions."""
    head = subject
    for _ in range(units + 1):
        head = hashlib.sha256(head.encode()).hexdigest()
    return head


def heartbeats_of(attempt: ActivityEnvironment) -> list[WorkProgress]:
    """Returns the list that the attempt's heartbeats are added to."""
    heartbeats: list[WorkProgress] = []
    attempt.on_heartbeat = heartbeats.append
    return heartbeats


async def run(store: Engine, attempt: ActivityEnvironment, work: WorkInput = WORK) -> WorkResult:
    return await attempt.run(LongRunningActivities(EffectRecord(store, "worker")).long_running_task, work)


def stored_effects(store: Engine) -> list[str]:
    with store.begin() as connection:
        return list(connection.scalars(select(schema.effects.c.key)))


async def test_the_result_is_the_chain_of_all_units_and_is_stored(store: Engine) -> None:
    result = await run(store, an_attempt())
    assert result == WorkResult(units=5, resumed_from=0, attempt=1, chain=chain_after(5))
    assert stored_effects(store) == ["run/1"]


async def test_no_units_are_done_at_once(sqlite_store: Engine) -> None:
    result = await run(sqlite_store, an_attempt(), dataclasses.replace(WORK, units=0))
    assert (result.units, result.chain) == (0, chain_after(0))


async def test_every_unit_is_told_by_a_heartbeat(sqlite_store: Engine) -> None:
    attempt = an_attempt()
    heartbeats = heartbeats_of(attempt)
    await run(sqlite_store, attempt)
    assert {beat.units_done for beat in heartbeats} == {0, 1, 2, 3, 4, 5}
    assert heartbeats == sorted(heartbeats, key=lambda beat: beat.units_done)
    assert all(beat.chain == chain_after(beat.units_done) for beat in heartbeats)


async def test_a_long_unit_is_not_silent(sqlite_store: Engine) -> None:
    attempt = an_attempt()
    heartbeats = heartbeats_of(attempt)
    work = dataclasses.replace(WORK, units=1, unit_seconds=3 * HEARTBEAT_SECONDS)
    await run(sqlite_store, attempt, work)
    assert len([beat for beat in heartbeats if beat.units_done == 0]) > 1


async def test_a_canceled_attempt_stops_with_its_progress_told_and_stores_nothing(
    sqlite_store: Engine,
) -> None:
    attempt = an_attempt()
    heartbeats: list[WorkProgress] = []

    def cancel_after_two(progress: WorkProgress) -> None:
        heartbeats.append(progress)
        if progress.units_done == 2:
            attempt.cancel()

    attempt.on_heartbeat = cancel_after_two
    with pytest.raises(asyncio.CancelledError):
        await run(sqlite_store, attempt)
    assert heartbeats[-1] == WorkProgress(units_done=2, chain=chain_after(2))
    assert stored_effects(sqlite_store) == []


async def test_a_worker_that_shuts_down_gives_the_work_back_at_once(sqlite_store: Engine) -> None:
    attempt = an_attempt()

    def shut_down_after_two(progress: WorkProgress) -> None:
        if progress.units_done == 2:
            attempt.worker_shutdown()

    attempt.on_heartbeat = shut_down_after_two
    with pytest.raises(ApplicationError) as stopped:
        await run(sqlite_store, attempt)
    assert (stopped.value.type, stopped.value.non_retryable) == ("WorkerShutdown", False)
    assert stopped.value.category is ApplicationErrorCategory.BENIGN
    assert stopped.value.next_retry_delay == timedelta(milliseconds=1)
    assert stopped.value.details == (WorkProgress(units_done=2, chain=chain_after(2)),)
    assert stored_effects(sqlite_store) == []


async def test_a_shutdown_is_noticed_within_a_long_unit(sqlite_store: Engine) -> None:
    attempt = an_attempt()
    attempt.on_heartbeat = lambda progress: attempt.worker_shutdown()
    with pytest.raises(ApplicationError, match="after unit 0"):
        await run(sqlite_store, attempt, dataclasses.replace(WORK, unit_seconds=3_600))


async def test_the_next_attempt_resumes_from_the_last_heartbeat(sqlite_store: Engine) -> None:
    attempt = an_attempt(2, heartbeat_details=[{"units_done": 3, "chain": chain_after(3)}])
    heartbeats = heartbeats_of(attempt)
    result = await run(sqlite_store, attempt)
    assert result == WorkResult(units=5, resumed_from=3, attempt=2, chain=chain_after(5))
    assert {beat.units_done for beat in heartbeats} == {3, 4, 5}


async def test_an_attempt_after_all_units_were_told_only_stores_the_result(sqlite_store: Engine) -> None:
    attempt = an_attempt(2, heartbeat_details=[{"units_done": 5, "chain": chain_after(5)}])
    assert (await run(sqlite_store, attempt)).resumed_from == 5
    assert stored_effects(sqlite_store) == ["run/1"]


async def test_a_retry_after_the_result_was_stored_returns_that_result(store: Engine) -> None:
    first = await run(store, an_attempt(1))
    assert await run(store, an_attempt(2)) == first
    assert stored_effects(store) == ["run/1"]


async def test_the_same_key_with_other_work_is_a_conflict(store: Engine) -> None:
    await run(store, an_attempt())
    with pytest.raises(EffectConflict):
        await run(store, an_attempt(2), dataclasses.replace(WORK, units=6))


async def test_a_cancellation_while_the_result_is_stored_leaves_one_effect(sqlite_store: Engine) -> None:
    attempt = an_attempt()

    def cancel_at_the_end(progress: WorkProgress) -> None:
        if progress.units_done == WORK.units:
            attempt.cancel()

    attempt.on_heartbeat = cancel_at_the_end
    with pytest.raises(asyncio.CancelledError):
        await run(sqlite_store, attempt)
    retry = an_attempt(2, heartbeat_details=[{"units_done": 5, "chain": chain_after(5)}])
    assert (await run(sqlite_store, retry)).chain == chain_after(5)
    assert stored_effects(sqlite_store) == ["run/1"]
