"""`python -m temporal.engine start|stop|status`: what it prints and how it exits."""

import json
import socket
from contextlib import closing
from http.client import HTTPConnection

import psutil
import pytest

from tests.integration.engine_folder import EngineFolder

pytest_plugins = ["tests.integration.engine_fixtures"]


def test_an_engine_is_started_shown_and_stopped(engine_folder: EngineFolder) -> None:
    started = engine_folder.run("start")
    assert (started.exit_code, started.errors) == (0, [])
    running = engine_folder.run("status")
    assert (running.exit_code, running.output) == (0, started.output)
    for fact in (engine_folder.engine.address, engine_folder.engine.ui, str(engine_folder.engine.database)):
        assert fact in started.output
    assert engine_folder.run("stop").exit_code == 0
    assert engine_folder.engine.process() is None
    stopped = engine_folder.run("status")
    assert stopped.exit_code == 1
    assert "not running" in stopped.output


def test_the_json_output_tells_the_process_the_addresses_and_the_file(engine_folder: EngineFolder) -> None:
    started = json.loads(engine_folder.run("start", "--json").output)
    process = psutil.Process(started.pop("pid"))
    assert process.is_running()
    assert started == {
        "running": True,
        "address": f"127.0.0.1:{engine_folder.port}",
        "ui": f"http://127.0.0.1:{engine_folder.ui_port}",
        "database": str(engine_folder.path / "engine.db"),
    }
    assert (engine_folder.path / "engine.db").exists()
    status = engine_folder.run("status", "--json")
    assert status.exit_code == 0
    assert json.loads(status.output) == {**started, "pid": process.pid}
    engine_folder.run("stop")
    status = engine_folder.run("status", "--json")
    assert status.exit_code == 1
    assert json.loads(status.output) == {**started, "running": False, "pid": None}


def test_a_started_engine_serves_the_temporal_ui(engine_folder: EngineFolder) -> None:
    engine_folder.run("start")
    with closing(HTTPConnection("127.0.0.1", engine_folder.ui_port)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200
        assert b"<html" in answer.read().lower()


def test_stopping_what_does_not_run_is_no_error_and_makes_no_folder(engine_folder: EngineFolder) -> None:
    assert engine_folder.run("stop").exit_code == 0
    assert not engine_folder.path.exists()


def test_a_second_start_on_the_same_data_folder_is_refused(engine_folder: EngineFolder) -> None:
    engine_folder.run("start")
    running = engine_folder.engine.process()
    other_ports = EngineFolder(engine_folder.path)
    refused = other_ports.run("start")
    assert refused.exit_code == 1
    assert str(engine_folder.engine.database) in refused.one_error()
    assert engine_folder.engine.process() == running
    assert engine_folder.run("status").exit_code == 0


@pytest.mark.parametrize(("variable", "attribute"), [("ENGINE_PORT", "port"), ("ENGINE_UI_PORT", "ui_port")])
def test_a_taken_port_is_refused_by_the_name_of_its_variable(
    engine_folder: EngineFolder, variable: str, attribute: str
) -> None:
    port = getattr(engine_folder, attribute)
    with socket.create_server(("127.0.0.1", port)):
        refused = engine_folder.run("start")
    assert refused.exit_code == 1
    assert f"{variable}='{port}'" in refused.one_error()
    assert engine_folder.engine.process() is None
    assert engine_folder.run("start").exit_code == 0  # the failed start left nothing in the way


def test_stop_returns_though_the_engines_parent_never_collects_its_dead(
    engine_folder: EngineFolder,
) -> None:
    process = engine_folder.engine.start()  # a child of this process, which does not wait for it
    assert engine_folder.run("stop").exit_code == 0
    assert process.status() == psutil.STATUS_ZOMBIE
    assert engine_folder.run("status").exit_code == 1


def test_wrong_settings_exit_2_with_one_line_each(engine_folder: EngineFolder) -> None:
    ended = engine_folder.run("start", ENGINE_PORT="0", ENGINE_UI_PORT="many")
    assert ended.exit_code == 2
    assert [line.split("=")[0] for line in ended.errors] == ["error: ENGINE_PORT", "error: ENGINE_UI_PORT"]


def test_an_unknown_command_exits_2(engine_folder: EngineFolder) -> None:
    ended = engine_folder.run("restart")
    assert ended.exit_code == 2
    assert "restart" in ended.one_error()
