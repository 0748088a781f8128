"""`python -m temporal.engine` on a data folder and ports of its own."""

import sys
import time
from pathlib import Path

from temporal.chaos.targets.environment import free_ports, worker_environment
from temporal.config import EngineSettings
from temporal.engine import Engine
from tests.integration.programs import PATIENCE_SECONDS, Ended, run_module


class EngineFolder:
    """A data folder, not made yet, and two free ports.

    Args:
        path: The data folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port, self.ui_port = free_ports(2)
        self.engine = Engine(EngineSettings(port=self.port, ui_port=self.ui_port, data_dir=path))

    def run(self, *arguments: str, python: str = sys.executable, **variables: str) -> Ended:
        """Runs the engine's command, with `variables` over the folder's own."""
        environment = {
            **worker_environment(self.engine.address, self.path.parent),
            "DATA_DIR": str(self.path),
            "ENGINE_PORT": str(self.port),
            "ENGINE_UI_PORT": str(self.ui_port),
            **variables,
        }
        return run_module(
            "temporal.engine",
            *arguments,
            environment=environment,
            folder=self.path.parent,
            python=python,
        )

    def kill(self) -> int:
        """SIGKILLs the running engine, waits until it is gone and returns what its process id was."""
        process = self.engine.process()
        assert process is not None
        process.kill()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.engine.process() is not None:
            assert time.monotonic() < deadline, "the engine is still there after its SIGKILL"
            time.sleep(0.01)
        return process.pid


def program(path: Path, script: str) -> Path:
    """Writes a shell script that can be run, and returns its path."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return path
