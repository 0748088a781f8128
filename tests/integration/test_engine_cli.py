"""Which Temporal CLI the engine runs, and what it says when that one cannot be used."""

import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path

import pytest

import temporal
from temporal.chaos.targets.environment import free_ports
from temporal.config import EngineSettings
from temporal.dev_server import find_cli
from tests.integration.engine_folder import EngineFolder, program

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.fixture
def python_without_cli(tmp_path: Path) -> str:
    """A Python with this project's requirements, in whose folder of programs there is no Temporal CLI."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    bin_folder = folder / "bin"
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    checkout = Path(temporal.__file__).parent.parent
    lines = [str(checkout), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (Path(paths["purelib"]) / "requirements.pth").write_text("\n".join(dict.fromkeys(lines)))
    return str(bin_folder / "python")


def test_a_path_that_names_no_program_is_one_line(engine_folder: EngineFolder, tmp_path: Path) -> None:
    for wrong in (tmp_path / "missing", tmp_path):
        refused = engine_folder.run("start", TEMPORAL_CLI_PATH=str(wrong))
        assert refused.exit_code == 1
        assert f"TEMPORAL_CLI_PATH='{wrong}'" in refused.one_error()


def test_the_last_line_of_a_cli_that_exits_at_once_is_reported(
    engine_folder: EngineFolder, tmp_path: Path
) -> None:
    cli = program(tmp_path / "broken-cli", "echo first line; echo the reason why >&2; exit 7")
    refused = engine_folder.run("start", TEMPORAL_CLI_PATH=str(cli))
    assert refused.exit_code == 1
    assert refused.one_error().endswith("the reason why")
    assert engine_folder.engine.process() is None


def test_a_cli_that_the_system_cannot_run_is_one_line(engine_folder: EngineFolder, tmp_path: Path) -> None:
    cli = program(tmp_path / "no-interpreter", "")
    cli.write_text("#!/no/such/interpreter\n")
    refused = engine_folder.run("start", TEMPORAL_CLI_PATH=str(cli))
    assert refused.exit_code == 1
    refused.one_error()


def test_the_cli_that_the_setting_names_is_the_one_that_runs(
    engine_folder: EngineFolder, tmp_path: Path
) -> None:
    named = tmp_path / "named-cli"
    named.symlink_to(find_cli(EngineSettings()))
    assert engine_folder.run("start", TEMPORAL_CLI_PATH=str(named)).exit_code == 0
    process = engine_folder.engine.process()
    assert process is not None
    assert process.cmdline()[0] == str(named)


def test_without_a_cli_the_sdks_download_is_used(
    engine_folder: EngineFolder, python_without_cli: str, tmp_path: Path
) -> None:
    downloaded = engine_folder.path / "cli" / f"temporal-sdk-python-{version('temporalio')}"
    downloaded.parent.mkdir(parents=True)
    downloaded.symlink_to(find_cli(EngineSettings()))
    started = engine_folder.run("start", python=python_without_cli, PATH=str(tmp_path))
    assert (started.exit_code, started.errors) == (0, [])
    process = engine_folder.engine.process()
    assert process is not None
    assert process.cmdline()[0] == str(downloaded)


def test_without_a_cli_and_without_network_one_line_says_what_to_do(
    engine_folder: EngineFolder, python_without_cli: str, tmp_path: Path
) -> None:
    [port] = free_ports(1)
    nowhere = f"http://127.0.0.1:{port}"
    refused = engine_folder.run(
        "start", python=python_without_cli, PATH=str(tmp_path), HTTPS_PROXY=nowhere, https_proxy=nowhere
    )
    assert refused.exit_code == 1
    assert "TEMPORAL_CLI_PATH" in refused.one_error()
    assert engine_folder.engine.process() is None
