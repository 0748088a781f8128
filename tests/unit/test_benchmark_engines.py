import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.engines import STOCK, TUNED, command_of, running
from benchmarks.rounds import one_round
from temporal.command_line import CommandError
from temporal.config import EngineSettings
from temporal.dev_server import DYNAMIC_CONFIG, PRAGMAS, find_cli


def servers() -> list[psutil.Process]:
    return psutil.Process().children()


def test_the_stock_command_is_the_projects_own_without_pragmas_and_dynamic_config() -> None:
    tuned, stock = (
        command_of(engine, Path("cli"), EngineSettings(), Path("file.db")) for engine in (TUNED, STOCK)
    )
    removed = {"--sqlite-pragma", "--dynamic-config-value", *PRAGMAS, *DYNAMIC_CONFIG}
    assert removed <= set(tuned)
    assert stock == [word for word in tuned if word not in removed]
    assert {"start-dev", "--db-filename", "--search-attribute"} <= set(stock)


@pytest.mark.parametrize("engine", [TUNED, STOCK])
async def test_a_round_measures_an_engine_that_is_gone_afterwards(engine: str) -> None:
    before = servers()
    async with running(engine, find_cli(EngineSettings())) as client:
        [server] = [process for process in servers() if process not in before]
        tuned = "--sqlite-pragma" in server.cmdline()
        figures = await one_round(client, one_at_a_time=2, at_once=3)
    assert tuned == (engine == TUNED)
    assert 0 < figures.start_p50 <= figures.start_p95 < figures.latency_p95
    assert figures.throughput > 0
    assert not server.is_running()


async def test_an_engine_that_does_not_start_is_one_line() -> None:
    with pytest.raises(CommandError) as raised:
        async with running(TUNED, Path(sys.executable)):
            pass
    assert raised.value.message.startswith("the engine did not start: ")
    assert "\n" not in raised.value.message


async def test_a_failure_within_stops_the_engine() -> None:
    before = servers()
    started: list[psutil.Process] = []

    async def fail_within() -> None:
        async with running(STOCK, find_cli(EngineSettings())):
            started.extend(process for process in servers() if process not in before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_within()
    [server] = started
    assert not server.is_running()
