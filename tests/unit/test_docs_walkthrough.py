"""`docs/add-your-own-workflow.md`, followed to the letter in a copy of the project."""

import os
import shutil
import signal
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
from sqlalchemy import select

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment
from temporal.store.schema import events, notifications
from tests.markdown import ROOT, WALKTHROUGH, blocks, shell_lines

PROGRAMS = ("temporal", "temporal-test-server", "lint-imports")
"""What the page's commands and the tests find in the environment's folder of programs."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the page's files are written and its changes are made."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("temporal", "tests", "utils", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    make_environment(folder)
    for file, text in new_files().items():
        assert not (folder / file).exists(), f"{file} is there already"
        (folder / file).write_text(text)
    for file, hunks in changes().items():
        apply(hunks, folder / file)
    return folder


def make_environment(folder: Path) -> None:
    """Makes the copy's `.venv`: the packages are those of this test, the checkout is the copy."""
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(folder / ".venv"), "platbase": str(folder / ".venv")})
    lines = [str(folder), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    Path(paths["purelib"], "checkout.pth").write_text("\n".join(dict.fromkeys(lines)))
    for program in PROGRAMS:
        Path(paths["scripts"], program).symlink_to(Path(sysconfig.get_path("scripts"), program))


def new_files() -> dict[str, str]:
    """Returns the page's Python blocks by the path that their first line names."""
    parted = [block.text.split("\n", 1) for block in blocks(WALKTHROUGH, "python")]
    return {first.removeprefix("# "): rest for first, rest in parted}


def changes() -> dict[str, list[str]]:
    """Returns the hunks of the page's diffs, by file."""
    parts = [part for block in blocks(WALKTHROUGH, "diff") for part in block.text.split("--- ")[1:]]
    parted = [part.split("@@\n") for part in parts]
    return {name.strip(): hunks for name, *hunks in parted}


def apply(hunks: list[str], file: Path) -> None:
    """Makes a diff's changes; each hunk's lines must be in the file once."""
    text = file.read_text()
    for hunk in hunks:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        assert text.count(before) == 1, f"{file.name} does not hold once:\n{before}"
        text = text.replace(before, "".join(line[1:] for line in lines if line[0] in " +"))
    file.write_text(text)


def run(command: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Runs one of the page's commands, which must succeed; returns what it printed."""
    variables = environment or {**os.environ, "HOME": str(folder)}
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:  # the test's time is up: what the command started goes too
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == 0, f"{command}\n{output}"
    return output


def commands(word: str) -> list[str]:
    """Returns the page's commands that hold `word`, in order."""
    return [line for line in shell_lines(WALKTHROUGH) if word in line]


def test_the_new_workflows_own_test_passes(project: Path) -> None:
    [command] = commands("test_refund.py")

    assert "4 passed" in run(command, project)


def test_the_recorded_history_replays(project: Path) -> None:
    record, replay = commands("tests.histories.record") + commands("test_replay.py")

    assert run(record, project).split() == ["refund_paid.json"]
    run(replay, project)


@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/python -m ruff check {files}",
        ".venv/bin/python -m ruff format --check {files}",
        ".venv/bin/lint-imports",
    ],
)
def test_the_new_code_keeps_the_projects_rules(project: Path, command: str) -> None:
    run(command.format(files=" ".join([*new_files(), *changes()])), project)


async def test_the_new_workflow_runs_on_the_engine_by_the_pages_commands(
    project: Path, tmp_path: Path
) -> None:
    python = str(project / ".venv" / "bin" / "python")
    async with EmbeddedTarget(tmp_path / "target") as target:
        await target.start_worker(command=(python, "-m", "temporal.workers.worker"))
        environment = worker_environment(target.engine.address, target.folder)
        for command in commands("refund-4711"):
            run(command, project, environment)
        await target.client.get_workflow_handle("refund-4711").result()
        with target.store.begin() as connection:
            assert connection.scalars(select(events.c.effect_key)).all() == ["refund/4711"]
            assert connection.scalars(select(notifications.c.recipient)).all() == ["rita"]
