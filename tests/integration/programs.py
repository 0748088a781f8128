"""Runs one of the project's programs as a user does, and what came of it."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60.0
"""After how long a program counts as hanging, in seconds; below the limit of a test."""


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code, and what it printed."""

    exit_code: int
    output: str
    errors: list[str]

    def one_error(self) -> str:
        """Returns what standard error holds, which is one line, as every expected failure has."""
        [line] = self.errors
        assert line.startswith("error: "), line
        return line


def run_module(
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path,
    python: str = sys.executable,
) -> Ended:
    """Runs `python -m module` in `folder`, which holds no .env file, and waits for its end."""
    done = subprocess.run(
        [python, "-m", module, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.splitlines())
