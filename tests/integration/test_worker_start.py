"""A worker process that starts: what it needs, what it prints, and how it exits when it cannot work."""

import signal
from pathlib import Path

import pytest

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports, worker_environment
from temporal.engine import Engine
from temporal.workers.readiness import POLLED, pollers
from tests.integration.programs import Ended, run_module
from tests.integration.worker_logs import json_lines, logged

pytest_plugins = ["tests.integration.engine_fixtures"]


def run_worker(folder: Path, address: str = "127.0.0.1:1", **variables: str) -> Ended:
    environment = worker_environment(address, folder) | {"LOG_LEVEL": "ERROR"} | variables
    return run_module("temporal.workers.worker", environment=environment, folder=folder)


async def test_a_worker_prints_one_start_up_line_and_one_ready_line(target: EmbeddedTarget) -> None:
    worker = await target.start_worker({"LOG_FORMAT": "json"})
    await logged(worker.log, "ready")
    worker.signal(signal.SIGTERM)
    assert await worker.ended() == 0
    messages = [str(line["message"]) for line in json_lines(worker.log)]
    [settings] = [message for message in messages if message.startswith("worker ")]
    for fact in (
        target.engine.address,
        f"task_queue={target.task_queue}",
        f"/{worker.pid}-",
        "sticky_timeout=1.0",
    ):
        assert fact in settings
    assert messages.count("ready") == 1


async def test_two_workers_have_identities_of_their_own(target: EmbeddedTarget) -> None:
    workers = [await target.start_worker(), await target.start_worker()]
    for kind in POLLED:
        identities = await pollers(target.client, target.task_queue, kind)
        assert len(identities) == 2
        assert {identity.rpartition("/")[2].partition("-")[0] for identity in identities} == {
            str(worker.pid) for worker in workers
        }


def test_wrong_settings_exit_2_with_one_line_each(tmp_path: Path) -> None:
    ended = run_worker(tmp_path, TASK_QUEUE="no spaces", LOG_FORMAT="xml", WORKER_BUILD_ID="7")
    assert ended.exit_code == 2
    assert [line.split("=")[0] for line in ended.errors] == [
        "error: TASK_QUEUE",
        "error: LOG_FORMAT",
        "error: WORKER_BUILD_ID",
    ]


def test_an_argument_is_wrong_usage(tmp_path: Path) -> None:
    environment = worker_environment("127.0.0.1:1", tmp_path)
    ended = run_module("temporal.workers.worker", "now", environment=environment, folder=tmp_path)
    assert ended.exit_code == 2
    ended.one_error()


def test_without_temporal_it_gives_up_with_exit_3_and_one_line(tmp_path: Path) -> None:
    [port] = free_ports(1)
    ended = run_worker(tmp_path, f"127.0.0.1:{port}", WORKER_CONNECT_TIMEOUT_SECONDS="0.3")
    assert ended.exit_code == 3
    assert f"127.0.0.1:{port}" in ended.one_error()


@pytest.mark.parametrize("content", ["a folder", "garbage"])
def test_an_unusable_store_exits_1_with_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "store.db"
    if content == "a folder":
        file.mkdir()
    else:
        file.write_text("this is no SQLite file, whatever its name says" * 99)
    ended = run_worker(tmp_path, DATABASE_URL=f"sqlite:///{file}")
    assert ended.exit_code == 1
    assert str(file) in ended.one_error()


def test_a_namespace_that_does_not_exist_exits_1_with_one_line(tmp_path: Path, shared_engine: Engine) -> None:
    ended = run_worker(tmp_path, shared_engine.address, TEMPORAL_NAMESPACE="nowhere")
    assert ended.exit_code == 1
    assert "nowhere" in ended.one_error()
