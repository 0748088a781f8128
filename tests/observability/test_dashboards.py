"""Every query of the shipped dashboards and alerts, by a real Prometheus, while a worker dies at its work."""

import asyncio
import math
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio

from services.api.dashboard.charts import CHARTS
from services.api.dashboard.prometheus import Prometheus
from temporal.chaos.observation import until, working
from temporal.chaos.scenarios import start_demo
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.api.api_client import asked, decided
from tests.integration.supervisors import deaths
from tests.observability.expressions import alert_expressions, dashboard_queries
from tests.observability.observed_run import ObservedRun, observed_run
from tests.observability.prometheus_server import Sample

pytestmark = pytest.mark.stack

UNITS, UNIT_SECONDS = 6, 0.5
METRICS = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b(?!\()|\bup\b")
"""A metric in an expression: words with underscores that are no function."""


async def _a_killed_worker(run: ObservedRun) -> None:
    request = DurableDemoInput(
        name="killed", sleep_seconds=0, work_units=UNITS, work_unit_seconds=UNIT_SECONDS
    )
    handle = await start_demo(run.target, request)
    await working(
        run.target.client, handle, WorkInput(subject="work", units=UNITS, unit_seconds=UNIT_SECONDS), units=1
    )
    await run.fleet.kill_holder(handle)
    await deaths(run.target, 1)
    await run.fleet.replace()
    await handle.result()


async def _ordinary_work(run: ObservedRun) -> None:
    async with run.api.caller("ana") as ana, run.api.caller("bob") as bob:
        await asked(ana, "waits")
        while True:
            demo = await start_demo(run.target, DurableDemoInput(name="work", sleep_seconds=0.1, steps=1))
            await demo.result()
            for outcome in ("approved", "rejected"):
                await decided(bob, await asked(ana, "decided"), outcome)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ObservedRun]:
    """Everything, busy, after the death of a worker and the replacement."""
    async with observed_run(tmp_path_factory.mktemp("observed")) as run:
        await _eventually(run, "the supervisor", "recovery_release_seconds_count")  # before the first death
        work = asyncio.create_task(_ordinary_work(run))
        await _a_killed_worker(run)
        yield run
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _eventually(run: ObservedRun, name: str, expression: str) -> list[Sample]:
    found: list[Sample] = []

    async def reached() -> bool:
        nonlocal found
        found = await asyncio.to_thread(run.prometheus.query, expression)
        return any(not math.isnan(sample.value) for sample in found)

    await until(f"{name} has data", reached)
    return found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(dashboard_queries()))
async def test_a_query_of_a_dashboard_returns_data(run: ObservedRun, name: str) -> None:
    found = await _eventually(run, name, dashboard_queries()[name])
    assert all(sample.value >= 0 or math.isnan(sample.value) for sample in found)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(alert_expressions()))
async def test_an_alert_is_evaluated_and_its_metrics_are_there(run: ObservedRun, name: str) -> None:
    expression = alert_expressions()[name]
    await asyncio.to_thread(run.prometheus.query, expression)  # raises if it is wrong
    for metric in METRICS.findall(expression):
        assert await _eventually(run, f"{name}: {metric}", metric)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("chart", [chart.name for chart in CHARTS])
async def test_a_chart_of_the_dashboard_page_has_data(run: ObservedRun, chart: str) -> None:
    async def known() -> bool:
        lines = (await Prometheus(run.prometheus.url).readings()).charts[chart]
        return any(value is not None for values in lines.values() for value in values)

    await until(f"{chart} has data", known)


@pytest.mark.asyncio(loop_scope="module")
async def test_no_alert_fires_while_all_is_well(run: ObservedRun) -> None:
    async def evaluated() -> bool:
        groups = (await asyncio.to_thread(run.prometheus.get, "rules"))["groups"]
        return all(rule["health"] == "ok" for group in groups for rule in group["rules"])

    await until("every rule is evaluated", evaluated)
    alerts = (await asyncio.to_thread(run.prometheus.get, "alerts"))["alerts"]
    assert [alert for alert in alerts if alert["state"] == "firing"] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_the_death_and_what_it_cost_are_in_the_figures(run: ObservedRun) -> None:
    for expression in (
        'sum(recovery_worker_deaths_total{cause="signal"}) == 1',
        "sum(recovery_release_seconds_count) == 1",
        'sum(recovery_released_tasks_total{kind="activity"}) >= 1',
    ):
        assert await _eventually(run, expression, expression)
