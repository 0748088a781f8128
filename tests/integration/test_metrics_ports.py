"""A metrics port that cannot be had: one line that names the setting, before any work is done."""

import socket
from pathlib import Path

import pytest

from temporal.chaos.targets.environment import worker_environment
from temporal.engine import Engine
from tests.integration.programs import run_module

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize("module", ["temporal.recovery", "temporal.workers.worker"])
def test_a_taken_metrics_port_is_one_line(tmp_path: Path, shared_engine: Engine, module: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = worker_environment(shared_engine.address, tmp_path) | {"METRICS_PORT": port}
        ended = run_module(module, environment=environment | {"LOG_LEVEL": "ERROR"}, folder=tmp_path)
    assert ended.exit_code == 1
    assert f"METRICS_PORT='{port}'" in ended.one_error()


@pytest.mark.parametrize("host", ["localhost", "127.0.0", "::1", "1.2.3.256"])
def test_another_metrics_host_than_an_address_is_wrong_usage(tmp_path: Path, host: str) -> None:
    environment = worker_environment("127.0.0.1:1", tmp_path) | {"METRICS_HOST": host}
    ended = run_module("temporal.recovery", environment=environment, folder=tmp_path)
    assert ended.exit_code == 2
    assert f"METRICS_HOST={host!r}: allowed: an IPv4 address" in ended.one_error()
