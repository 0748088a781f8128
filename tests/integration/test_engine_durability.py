"""What the engine keeps: workflows and search attributes survive its SIGKILL, and the settings that count."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from temporal.chaos import invariants, observation
from temporal.chaos.continuation import time_of, timers
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.search_attributes import ALL
from tests.integration.restarts import kill_engine, start_engine

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_the_database_writes_ahead_and_the_server_ends_polls_on_shutdown(
    target: EmbeddedTarget,
) -> None:
    with closing(sqlite3.connect(target.engine.database)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    described = await target.client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=target.client.namespace)
    )
    assert described.namespace_info.capabilities.worker_poll_complete_on_shutdown


async def test_our_search_attributes_survive_the_engines_sigkill(own_target: EmbeddedTarget) -> None:
    before = await _search_attributes(own_target)
    assert {key.name for key in ALL} <= before.keys()
    kill_engine(own_target)
    await start_engine(own_target)
    assert await _search_attributes(own_target) == before


@pytest.mark.parametrize("down", ["briefly", "until-the-sleep-is-over"])
async def test_a_sleep_survives_the_engines_sigkill_and_ends_once(
    own_target: EmbeddedTarget, down: str
) -> None:
    request = DurableDemoInput(name=down, sleep_seconds=3, steps=1)
    await own_target.start_worker()
    handle = await start_demo(own_target, request)
    await observation.sleeping(handle)
    status = await handle.query("get_status")
    kill_engine(own_target)
    if down == "until-the-sleep-is-over":
        deadline = datetime.fromisoformat(status["sleep_deadline"])
        await asyncio.sleep((deadline - datetime.now(UTC)).total_seconds() + 0.1)
    restarted = datetime.now(UTC)
    await start_engine(own_target)
    result = await handle.result()
    assert [step.step for step in result.steps] == ["before-1", "after-1"]
    history = await handle.fetch_history()
    assert invariants.slept_long_enough(history, request) == []
    assert invariants.steps_done_once(own_target.store, handle.id, request) == []
    [timer] = timers(history)
    assert (timer.started + timer.asked < restarted) == (down == "until-the-sleep-is-over")
    assert time_of(history.events[-1]) > restarted


async def _search_attributes(target: EmbeddedTarget) -> dict[str, int]:
    listed = await target.client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=target.client.namespace)
    )
    return dict(listed.custom_attributes)
