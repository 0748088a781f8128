"""What the dashboard is told without Prometheus, and who is told."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api.dashboard.charts import CHARTS
from services.api.identity import SESSION_COOKIE
from temporal.chaos.fleet import SUPERVISED_WORKERS, SupervisedFleet
from temporal.chaos.holders import holder
from temporal.chaos.observation import until, working
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.api.api_client import Api, asked, opened, running_api
from tests.api.plain_app import bearer, plain_app
from tests.integration.supervisors import deaths

pytest_plugins = ["tests.integration.engine_fixtures"]

UNITS, UNIT_SECONDS = 4, 0.5


async def _reader(api: Api) -> httpx.AsyncClient:
    client = await api.anybody()
    client.cookies.set(SESSION_COOKIE, api.token("ana"))
    return client


async def _last(reader: httpx.AsyncClient) -> dict[str, dict[str, float | None]]:
    """The newest value of every line of every chart."""
    answer = await reader.get("/dashboard/data")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["source"] == "service"
    assert set(found["charts"]) == {chart.name for chart in CHARTS}
    for lines in found["charts"].values():
        for values in lines.values():
            assert len(values) == len(found["times"])
    return {
        name: {line: values[-1] for line, values in lines.items()} for name, lines in found["charts"].items()
    }


async def test_the_service_itself_tells_of_work_a_death_and_its_recovery(target: EmbeddedTarget) -> None:
    await SupervisedFleet(target).start()
    async with running_api(target) as api:
        reader = await _reader(api)
        await _last(reader)
        handle = await start_demo(
            target,
            DurableDemoInput(name="d", sleep_seconds=0, work_units=UNITS, work_unit_seconds=UNIT_SECONDS),
        )
        work = WorkInput(subject="work", units=UNITS, unit_seconds=UNIT_SECONDS)
        await working(target.client, handle, work, units=1)
        os.kill(await holder(handle), signal.SIGKILL)
        await deaths(target, 1)
        await handle.result()
        ana = await api.caller("ana")
        await opened(ana, await asked(ana, "waits"))
        last: dict[str, dict[str, float | None]] = {}

        async def told() -> bool:
            nonlocal last
            last = await _last(reader)
            return bool(
                last["steps"]["half are faster than"] and last["workers"]["polling"] == SUPERVISED_WORKERS
            )

        await until("the dashboard knows of the workflow's end", told)

    assert last["deaths"] == {"deaths": 1}
    assert 0 < (last["recovery"]["half are faster than"] or 0) < 60
    assert 0 < (last["start"]["half are faster than"] or 0) < 60
    longest = last["steps"]["99 of 100"] or 0
    assert longest >= (UNITS - 2) * UNIT_SECONDS  # the work that a worker died in
    assert longest >= (last["scheduled"]["99 of 100"] or 0)
    assert last["backlog"] == {"workflow": 0, "activity": 0}
    assert (last["approvals"]["waiting"] or 0) >= 1
    assert set(last["ended"]) >= {"completed", "failed", "canceled"}


async def test_ends_are_counted_by_the_second(target: EmbeddedTarget) -> None:
    await target.start_worker()
    async with running_api(target) as api:
        reader = await _reader(api)
        await _last(reader)
        for _ in range(3):
            await (await start_demo(target, DurableDemoInput(name="d", sleep_seconds=0, steps=1))).result()

        async def told() -> bool:
            return bool((await _last(reader))["ended"].get("completed"))

        await until("the ends are told", told)
        assert (await _last(reader))["workers"] == {}  # no supervisor runs here


async def test_two_readers_share_one_look(target: EmbeddedTarget) -> None:
    async with running_api(target) as api:
        readers = [await _reader(api), await _reader(api)]
        answers = await asyncio.gather(*(reader.get("/dashboard/data") for reader in readers))
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/data"])
async def test_nobody_is_told_without_signing_in(target: EmbeddedTarget, path: str) -> None:
    async with running_api(target) as api:
        anybody = await api.anybody()
        assert (await anybody.get(path)).headers["location"].startswith("/login")
        assert (await anybody.get(path, headers={"HX-Request": "true"})).status_code == 401


async def test_a_prometheus_that_is_away_is_503_and_names_no_address(tmp_path: Path) -> None:
    async with plain_app(tmp_path, prometheus_url="http://127.0.0.1:9/secret-path") as app:
        token = bearer(app, "ana")["Authorization"].removeprefix("Bearer ")
        app.client.cookies.set(SESSION_COOKIE, token)
        answer = await app.client.get("/dashboard/data")
    assert answer.status_code == 503
    assert "secret-path" not in answer.text
