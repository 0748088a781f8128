"""The search for secrets finds one wherever a test has left it."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries import found_in, key, password

TOKEN = ".".join("eyJ" + "x" * 20 for _ in range(3))


def run(folder: Path, body: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_one.py").write_text(body)
    command = [sys.executable, "-m", "pytest", "-p", "tests.canaries", "-c", os.devnull, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_run_whose_tests_left_a_secret_in_a_file_has_failed(tmp_path: Path) -> None:
    ended = run(
        tmp_path,
        "from tests.canaries import password\n"
        "def test_it(tmp_path):\n    (tmp_path / 'worker.log').write_text(f'url {password()}')\n",
    )
    assert ended.returncode == 1
    assert "1 passed" in ended.stdout
    assert "worker.log has a planted key or password" in ended.stdout


def test_a_run_whose_tests_left_none_has_passed(tmp_path: Path) -> None:
    ended = run(tmp_path, "def test_it(tmp_path):\n    (tmp_path / 'worker.log').write_text('ready')\n")
    assert ended.returncode == 0


def test_what_a_test_printed_counts_too(tmp_path: Path) -> None:
    ended = run(
        tmp_path,
        "from tests.canaries import password\ndef test_it():\n    print(password())\n    assert False\n",
    )
    assert "test_it printed a planted key or password" in ended.stdout


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("engine.db", password(), "a planted key or password"),
        ("worker.log", f"key {base64.b64encode(key(32)).decode()}", "a planted key or password"),
        ("api.log", f"authorization: Bearer {TOKEN}", "a token"),
        ("report.html", f'<a href="/links/x?token={TOKEN}">', "a token"),
        ("api.log", "GET /approvals 200", ""),
        ("key-a.keys", f"key-a:{base64.b64encode(key(32)).decode()}", ""),
    ],
)
def test_each_kind_of_secret_is_found_where_it_does_not_belong(
    tmp_path: Path, name: str, text: str, found: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    kind = found_in(file)
    file.unlink()  # else the search of the run that this test belongs to would find it
    assert kind == found
