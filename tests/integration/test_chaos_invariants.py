"""Each invariant on a real run that keeps it, and on the same run spoilt, which it must catch."""

import asyncio
import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Table, delete, insert, select
from sqlalchemy import Engine as Store
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from temporal.chaos import invariants
from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants import effects_once
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.config import StoreSettings
from temporal.engine import Engine
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.store.schema import effects, events, steps
from tests.made_evidence import a_run
from tests.store_steps import opened

pytest_plugins = ["tests.integration.engine_fixtures"]

REQUEST = DurableDemoInput(name="sound", sleep_seconds=1, steps=2, work_units=3, work_unit_seconds=0)


@dataclass(frozen=True)
class Run:
    """A run that nothing disturbed: what it left."""

    folder: Path
    workflow_id: str
    history: WorkflowHistory
    result: DurableDemoResult


async def _undisturbed(engine: Engine, folder: Path) -> Run:
    async with EmbeddedTarget(folder, engine=engine, task_queue="invariants") as target:
        await target.start_worker()
        handle = await start_demo(target, REQUEST)
        result = await handle.result()
        return Run(folder, handle.id, await handle.fetch_history(), result)


@pytest.fixture(scope="module")
def only_run(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return asyncio.run(_undisturbed(shared_engine, tmp_path_factory.mktemp("invariants")))


@pytest.fixture
def run(only_run: Run) -> Run:
    """The run, with a history of the test's own to spoil."""
    return replace(only_run, history=copy.deepcopy(only_run.history))


@pytest.fixture
def store(only_run: Run) -> Iterator[Store]:
    with opened(StoreSettings(data_dir=only_run.folder)) as store:
        yield store


async def test_a_sound_run_breaks_nothing(run: Run, store: Store) -> None:
    assert invariants.steps_done_once(store, run.workflow_id, REQUEST) == []
    assert invariants.slept_long_enough(run.history, REQUEST) == []
    assert invariants.work_is_right(run.result, REQUEST) == []
    assert await invariants.replays(run.history) == []


@pytest.mark.parametrize(
    ("table", "column", "name"), [(steps, steps.c.step, "after-2"), (events, events.c.kind, "demo-started")]
)
def test_a_doubled_effect_and_a_lost_one_are_caught(
    run: Run, store: Store, table: Table, column: Column[str], name: str
) -> None:
    with store.begin() as connection:
        row = dict(connection.execute(select(table).where(column == name)).mappings().one())
        connection.execute(insert(table).values({**row, "id": None}))
    assert invariants.steps_done_once(store, run.workflow_id, REQUEST) == [
        f"effect {name}: 2 times, expected 1"
    ]
    with store.begin() as connection:
        connection.execute(delete(table).where(column == name))
    assert invariants.steps_done_once(store, run.workflow_id, REQUEST) == [
        f"effect {name}: 0 times, expected 1"
    ]
    with store.begin() as connection:
        connection.execute(insert(table).values(row))
    assert invariants.steps_done_once(store, run.workflow_id, REQUEST) == []


def test_an_effect_that_nobody_asked_for_is_caught(run: Run, store: Store) -> None:
    asked_less = replace(REQUEST, steps=1)
    assert invariants.steps_done_once(store, run.workflow_id, asked_less) == [
        "effect after-2: 1 times, expected 0",
        "effect before-2: 1 times, expected 0",
    ]


def test_a_timer_that_fired_early_is_caught(run: Run) -> None:
    for event in run.history.events:
        if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            event.event_time.FromDatetime(event.event_time.ToDatetime() - timedelta(seconds=0.5))
    [breach] = invariants.slept_long_enough(run.history, REQUEST)
    assert breach.startswith("sleep: ")


def test_a_sleep_of_another_length_and_a_missing_one_are_caught(run: Run) -> None:
    [breach] = invariants.slept_long_enough(run.history, replace(REQUEST, sleep_seconds=2))
    assert breach.startswith("timers: ")
    kept = [event for event in run.history.events if event.event_type != EventType.EVENT_TYPE_TIMER_FIRED]
    [breach] = invariants.slept_long_enough(replace(run.history, events=kept), REQUEST)
    assert breach.startswith("timers: ")


def test_a_wrong_result_of_the_work_is_caught(run: Run) -> None:
    assert run.result.work is not None
    wrong = replace(run.result, work=replace(run.result.work, chain="0" * 64))
    assert invariants.work_is_right(wrong, REQUEST) != []
    assert invariants.work_is_right(replace(run.result, work=None), REQUEST) != []


async def test_a_history_of_other_commands_is_caught(run: Run) -> None:
    for event in run.history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            event.activity_task_scheduled_event_attributes.activity_type.name = "another_activity"
    [breach] = await invariants.replays(run.history)
    assert breach.startswith("replay: ")


async def test_the_effect_record_is_compared_with_the_history(run: Run, store: Store) -> None:
    assert await effects_once.check(_evidence(run, store)) == []
    with store.begin() as connection:
        one = connection.execute(select(steps).where(steps.c.step == "after-2")).mappings().one()
        row = dict(
            connection.execute(select(effects).where(effects.c.key == one["effect_key"])).mappings().one()
        )
        connection.execute(delete(effects).where(effects.c.key == row["key"]))
    assert sorted(await effects_once.check(_evidence(run, store))) == [
        f"effect {row['key']}: a row in steps without its key in the record",
        "effect of process_step: 3 in the record, 4 completed of 4 scheduled",
    ]
    with store.begin() as connection:
        connection.execute(insert(effects).values(row))
        connection.execute(insert(effects).values({**row, "key": "another"}))
    assert await effects_once.check(_evidence(run, store)) == [
        "effect of process_step: 5 in the record, 4 completed of 4 scheduled"
    ]
    with store.begin() as connection:
        connection.execute(delete(effects).where(effects.c.key == "another"))
    assert await effects_once.check(_evidence(run, store)) == []


def _evidence(run: Run, store: Store) -> Evidence:
    evidence = a_run()
    started = replace(evidence.started[0], workflow_id=run.workflow_id, request=REQUEST)
    ending = replace(evidence.endings[0], workflow_id=run.workflow_id, histories=[run.history])
    return replace(evidence, started=[started], endings=[ending], store=store)
