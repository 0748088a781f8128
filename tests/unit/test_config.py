import dataclasses
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from temporal.config import ConfigError, Settings, load_settings

pytest_plugins = ["tests.no_profile"]
pytestmark = pytest.mark.usefixtures("no_profile_of_the_user")

ROOT = Path(__file__).parents[2]
NO_FILE = Path("no-such-folder/.env")

WRONG = {
    "TASK_QUEUE": "two words",
    "WORKER_MAX_CONCURRENT_ACTIVITIES": "0",
    "WORKER_STICKY_TIMEOUT_SECONDS": "forever",
    "ENGINE_PORT": "65536",
    "DATABASE_URL": "mysql://user:hunter22@host/db",
    "LOG_LEVEL": "LOUD",
    "TEMPORAL_ADDRESS": "nowhere",
    "TEMPORAL_TLS": "yes",
    "TEMPORAL_CONFIG_FILE": "no/such/file.toml",
}


def problems_of(variables: Mapping[str, str], dotenv: Path = NO_FILE) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_settings(variables, dotenv)
    return raised.value.problems


def test_without_any_variable_the_defaults_hold() -> None:
    assert load_settings({}, NO_FILE) == Settings()


def test_every_wrong_variable_gets_one_line_that_says_what_is_allowed() -> None:
    problems = problems_of(WRONG)

    assert sorted(line.partition("=")[0] for line in problems) == sorted(WRONG)
    assert all(": allowed: " in line and "\n" not in line for line in problems)


def test_each_line_shows_the_value_unless_it_is_secret() -> None:
    by_name = {line.partition("=")[0]: line for line in problems_of(WRONG)}

    assert by_name.pop("DATABASE_URL").startswith("DATABASE_URL='***': allowed: ")
    assert all(repr(WRONG[name]) in line for name, line in by_name.items())


def test_a_variable_of_two_sections_is_reported_once() -> None:
    assert len(problems_of({"DATA_DIR": "~no-such-user-here/data"})) == 1


def test_faults_of_the_env_file_and_of_the_variables_come_together(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("TASK_QUEUE\nLOG_LEVEL=LOUD\n")

    problems = problems_of({"ENGINE_PORT": "none"}, file)

    assert [line.split("=")[0].split(":")[0] for line in problems] == [
        f"{file} line 1",
        "ENGINE_PORT",
        "LOG_LEVEL",
    ]


def test_the_environment_wins_over_the_env_file_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("TASK_QUEUE=file\nWORKER_IDENTITY=file\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TASK_QUEUE", "environment")
    before = dict(os.environ)

    worker = load_settings().worker

    assert (worker.task_queue, worker.identity) == ("environment", "file")
    assert dict(os.environ) == before


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
def test_a_blank_value_counts_as_unset_and_hides_the_line_in_the_env_file(tmp_path: Path, blank: str) -> None:
    file = tmp_path / ".env"
    file.write_text("TASK_QUEUE=file\nTEMPORAL_API_KEY=key-of-the-file\nDATABASE_URL=sqlite:///file\n")
    hidden = dict.fromkeys(["TASK_QUEUE", "TEMPORAL_API_KEY", "DATABASE_URL"], blank)

    assert load_settings(hidden, file) == Settings()


def test_space_around_a_value_does_not_count() -> None:
    assert load_settings({"TASK_QUEUE": " mine \n"}, NO_FILE).worker.task_queue == "mine"


@pytest.mark.parametrize("section", dataclasses.fields(Settings))
def test_settings_cannot_be_changed(section: dataclasses.Field[object]) -> None:
    settings = load_settings({}, NO_FILE)
    part = getattr(settings, section.name)

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(settings, section.name, part)
    for field in dataclasses.fields(part):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field.name, None)


def test_the_repr_of_the_settings_holds_no_secret() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://user:hunter22@host/db",
        "TEMPORAL_API_KEY": "hunter22",
        "TEMPORAL_GRPC_META_TOKEN": "hunter22",
        "TEMPORAL_TLS_CLIENT_KEY_DATA": "hunter22",
        "TEMPORAL_TLS_CLIENT_CERT_DATA": "hunter22",
    }

    assert "hunter22" not in repr(load_settings(secrets, NO_FILE))


@pytest.mark.parametrize(("given", "missing"), [("WORKER_DEPLOYMENT_NAME", "WORKER_BUILD_ID")])
def test_a_deployment_needs_its_name_and_its_build(given: str, missing: str) -> None:
    for one, other in ((given, missing), (missing, given)):
        [line] = problems_of({one: "v1"})
        assert line == f"{one}='v1': allowed: only together with {other}"
    both = load_settings({given: "shop", missing: "v1"}, NO_FILE).worker
    assert (both.deployment_name, both.build_id) == ("shop", "v1")


def test_a_wrong_half_of_a_deployment_is_not_reported_as_missing_too() -> None:
    [line] = problems_of({"WORKER_DEPLOYMENT_NAME": "has.dot", "WORKER_BUILD_ID": "v1"})

    assert line.startswith("WORKER_DEPLOYMENT_NAME='has.dot'")


def test_the_engine_and_its_ui_need_two_ports() -> None:
    [line] = problems_of({"ENGINE_PORT": "8233"})

    assert line.startswith("ENGINE_PORT, ENGINE_UI_PORT='8233'")


READ_LATE = """
import os, sys

def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".env"):
        opened.append(arguments[0])

opened = []
sys.addaudithook(watch)
import temporal.client, temporal.command_line, temporal.config, temporal.logs
assert not opened
os.environ["TASK_QUEUE"] = "later"
assert temporal.config.load_settings().worker.task_queue == "later"
assert opened
"""


def test_importing_the_modules_reads_no_setting_and_no_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WORKER_IDENTITY=file\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TASK_QUEUE": "not a queue"}

    child = subprocess.run(
        [sys.executable, "-c", READ_LATE], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert (child.returncode, child.stderr) == (0, "")
