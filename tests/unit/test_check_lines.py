import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[2] / ".ci" / "check_lines.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git = shutil.which("git")
    assert git, "the check asks git which files there are"
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def check(project: Path) -> tuple[int, list[str]]:
    command = [sys.executable, str(CHECK), str(project)]
    finished = subprocess.run(command, capture_output=True, text=True)
    return finished.returncode, finished.stderr.splitlines()


def write(file: Path, lines: int, first: str = "x\n") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(first + "x\n" * (lines - 1))


def test_code_of_200_lines_passes(project: Path) -> None:
    write(project / "package" / "module.py", 200)

    assert check(project) == (0, [])


@pytest.mark.parametrize(
    "name", ["module.py", "tests/test_it.py", "run.sh", "table.sql", "page.html", "Makefile", "a b/é.py"]
)
def test_code_of_201_lines_fails_and_is_named(project: Path, name: str) -> None:
    write(project / name, 201)

    exit_code, lines = check(project)

    assert exit_code == 1
    assert lines == [f"{name}: 201 lines, at most 200 are allowed"]


def test_a_script_without_an_ending_is_code(project: Path) -> None:
    write(project / "run", 201, first="#!/bin/sh\n")

    assert check(project)[0] == 1


def test_every_file_that_is_too_long_is_named(project: Path) -> None:
    write(project / "one.py", 201)
    write(project / "two.py", 999)

    assert len(check(project)[1]) == 2


def test_what_is_no_code_or_not_of_the_project_may_be_longer(project: Path) -> None:
    write(project / "requirements.lock", 999)
    write(project / "README.md", 999)
    write(project / "NOTES", 999)
    write(project / "ignored" / "module.py", 999)
    (project / ".gitignore").write_text("ignored/\n")

    assert check(project) == (0, [])
