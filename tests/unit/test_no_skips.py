import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_fine.py").write_text("def test_fine():\n    pass\n")
    (folder / "test_it.py").write_text(f"import pytest\n\n{body}\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-c", os.devnull, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def test_a_run_without_a_skip_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "").returncode == 0


@pytest.mark.parametrize(
    "body",
    [
        "def test_it():\n    pytest.skip('not here')",
        "@pytest.mark.skipif(True, reason='never')\ndef test_it():\n    pass",
        "@pytest.mark.xfail\ndef test_it():\n    assert False",
        "@pytest.mark.xfail\ndef test_it():\n    pass",
        "pytest.importorskip('no_such_module')",
    ],
    ids=["skip", "skipif", "xfail", "xpass", "module"],
)
def test_a_run_with_a_skip_or_an_expected_failure_fails(tmp_path: Path, body: str) -> None:
    finished = run(tmp_path, body)

    assert finished.returncode == 1
    assert "was skipped or expected to fail" in finished.stdout


def test_a_run_with_a_failure_keeps_its_own_status(tmp_path: Path) -> None:
    finished = run(tmp_path, "def test_it():\n    assert False")

    assert finished.returncode == 1
    assert "was skipped" not in finished.stdout
