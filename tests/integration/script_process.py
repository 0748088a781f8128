"""The project's scripts as processes: how a test runs one, and what came of it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from temporalio.client import Client

from tests.integration.programs import PATIENCE_SECONDS, Ended

FOLDER = Path(__file__).parents[2] / "scripts"

QUEUE = "scripts"
"""The task queue that the shared worker polls."""


async def open_approval(client: Client, workflow_id: str) -> str:
    """Starts an approval without limit and returns its run."""
    handle = await client.start_workflow(
        "ApprovalWorkflow", {"title": "T", "requester": "R"}, id=workflow_id, task_queue=QUEUE
    )
    return handle.result_run_id or ""


async def open_sleep(client: Client, workflow_id: str, task_queue: str = QUEUE) -> str:
    """Starts a durable demo that sleeps for an hour and returns its run."""
    handle = await client.start_workflow(
        "DurableDemoWorkflow", {"sleep_seconds": 3600}, id=workflow_id, task_queue=task_queue
    )
    return handle.result_run_id or ""


class Scripts:
    """Runs scripts from a folder that is not the checkout.

    Args:
        environment: Their variables.
        folder: Where they run.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self.folder = folder

    def launch(self, script: str, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Starts a script, with `variables` over the environment; `finished` waits for its end."""
        return subprocess.Popen(
            [sys.executable, str(FOLDER / f"{script}.py"), *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str, *arguments: str, stdin: str = "", **variables: str) -> Ended:
        """Runs a script and waits for its end."""
        return finished(self.launch(script, *arguments, **variables), stdin)

    def facts(self, script: str, *arguments: str, **variables: str) -> dict[str, Any]:
        """Runs a script that must succeed and returns the one JSON object that it prints."""
        ended = self.run(script, *arguments, "--json", **variables)
        assert ended.exit_code == 0, ended
        return facts_of(ended)


def finished(process: "subprocess.Popen[str]", stdin: str = "") -> Ended:
    """Waits for a script's end; one that hangs is killed and fails the test."""
    try:
        output, errors = process.communicate(stdin, timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    return Ended(process.returncode, output, errors.splitlines())


def facts_of(ended: Ended) -> dict[str, Any]:
    """Returns the one JSON object on standard output."""
    facts: dict[str, Any] = json.loads(ended.output)
    return facts


def error_of(ended: Ended) -> str:
    """Returns the one error on standard error: its last line, after whatever progress was shown."""
    errors = [line for line in ended.errors if line.startswith("error: ")]
    assert errors == ended.errors[-1:], ended
    assert not any("Traceback" in line for line in ended.errors), ended
    return errors[0]
