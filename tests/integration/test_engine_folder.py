"""The engine's data folder: what an earlier engine left in it, and a folder that cannot be used."""

import json
import subprocess
import sys

import psutil

from tests.integration.engine_folder import EngineFolder

pytest_plugins = ["tests.integration.engine_fixtures"]


def test_after_its_sigkill_the_engine_counts_as_stopped_and_starts_again(engine_folder: EngineFolder) -> None:
    engine_folder.run("start")
    killed = engine_folder.kill()
    assert engine_folder.run("status").exit_code == 1
    assert engine_folder.run("start").exit_code == 0
    process = engine_folder.engine.process()
    assert process is not None
    assert process.pid != killed


def test_a_lock_file_whose_process_id_another_process_has_now_is_no_running_engine(
    engine_folder: EngineFolder,
) -> None:
    engine_folder.path.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        created = psutil.Process(bystander.pid).create_time() - 1
        lock = engine_folder.path / "engine.lock"
        lock.write_text(json.dumps({"pid": bystander.pid, "created": created}))
        assert engine_folder.run("status").exit_code == 1
        assert engine_folder.run("stop").exit_code == 0
        assert engine_folder.run("start").exit_code == 0
        process = engine_folder.engine.process()
        assert process is not None
        assert process.pid != bystander.pid
        bystander.communicate(b"\n")
    assert bystander.returncode == 0  # it lived on


def test_a_lock_file_that_says_nothing_usable_is_no_running_engine(engine_folder: EngineFolder) -> None:
    engine_folder.path.mkdir()
    for content in ("", "not json", "[]", '{"pid": "x"}', '{"created": 0}', '{"pid": -1, "created": 0}'):
        (engine_folder.path / "engine.lock").write_text(content)
        assert engine_folder.engine.process() is None, content
    assert engine_folder.run("status").exit_code == 1
    assert engine_folder.run("start").exit_code == 0


def test_a_data_folder_that_is_a_file_is_one_line(engine_folder: EngineFolder) -> None:
    engine_folder.path.write_text("not a folder")
    refused = engine_folder.run("start")
    assert refused.exit_code == 1
    assert str(engine_folder.path) in refused.one_error()


def test_a_database_that_is_none_is_reported_with_the_servers_word(engine_folder: EngineFolder) -> None:
    engine_folder.path.mkdir()
    (engine_folder.path / "engine.db").write_text("this is no SQLite file, whatever its name says" * 99)
    refused = engine_folder.run("start")
    assert refused.exit_code == 1
    assert "the engine did not start" in refused.one_error()
    assert engine_folder.engine.process() is None


def test_the_data_folder_is_its_owners_alone(engine_folder: EngineFolder) -> None:
    engine_folder.run("start")
    assert engine_folder.path.stat().st_mode & 0o777 == 0o700


def test_a_relative_data_folder_is_taken_from_where_the_command_runs(engine_folder: EngineFolder) -> None:
    started = json.loads(engine_folder.run("start", "--json", DATA_DIR=engine_folder.path.name).output)
    assert started["running"]
    assert (engine_folder.path / "engine.db").exists()
    assert engine_folder.engine.process() == psutil.Process(started["pid"])
