"""Where histories are recorded: the embedded engine, and this project's worker as a process to be killed."""

import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from temporalio.client import Client, WorkflowHandle

from temporal.config import EngineSettings, WorkerSettings
from temporal.dev_server import find_cli
from temporal.engine import Engine
from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalResult
from temporal.messages.durable_demo import DemoPhase, DurableDemoInput, DurableDemoResult
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

TASK_QUEUE = WorkerSettings().task_queue
CHECK_SECONDS = 0.02

W = TypeVar("W")
R = TypeVar("R")
ApprovalHandle = WorkflowHandle[ApprovalWorkflow, ApprovalResult]


def cli_that_wants_short_histories(folder: Path, events: int) -> Path:
    """Returns a Temporal CLI whose server suggests to continue as a new run after so many events."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "temporal-short"
    option = f"--dynamic-config-value limit.historyCount.suggestContinueAsNew={events}"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(find_cli(EngineSettings())))} "$@" {option}\n')
    script.chmod(0o700)
    return script


@contextmanager
def running_engine(folder: Path, cli: Path | None = None) -> Iterator[Engine]:
    """Runs an engine on free ports."""
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        ports = first.getsockname()[1], second.getsockname()[1]
    engine = Engine(EngineSettings(port=ports[0], ui_port=ports[1], data_dir=folder, cli_path=cli))
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


class Bench:
    """Starts workflows and workers on an engine.

    Args:
        client: A client of the engine.
        folder: Where the store and the workers' logs are.
        name: The id of the one workflow that is started.

    Attributes:
        recorded_run: The run to record; None for the latest.
    """

    def __init__(self, client: Client, folder: Path, name: str) -> None:
        self._client = client
        self._folder = folder
        self._name = name
        self.recorded_run: str | None = None

    async def demo(self, request: DurableDemoInput) -> WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]:
        """Starts a demo."""
        return await self._client.start_workflow(
            DurableDemoWorkflow.run, request, id=self._name, task_queue=TASK_QUEUE
        )

    async def approval(
        self, request: ApprovalRequest, signal: str = "", payload: object = None
    ) -> ApprovalHandle:
        """Starts an approval, with `signal` already in its history if there is one."""
        return await self._client.start_workflow(
            ApprovalWorkflow.run,
            request,
            id=self._name,
            task_queue=TASK_QUEUE,
            start_signal=signal or None,
            start_signal_args=[payload] if signal else [],
        )

    @contextmanager
    def worker(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Runs a worker process; at the end it is drained, unless it is dead already."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),  # no configuration file of the SDK's there
            "TEMPORAL_ADDRESS": self._client.service_client.config.target_host,
            "DATA_DIR": str(self._folder),
        }
        with (self._folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "temporal.workers.worker"],
                cwd=self._folder,  # no .env file there
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


async def until_phase(handle: WorkflowHandle[W, R], phase: ApprovalPhase | DemoPhase) -> None:
    """Waits until a workflow's status is in `phase`."""
    while (await handle.query("get_status"))["phase"] != phase:
        await asyncio.sleep(CHECK_SECONDS)


async def until_units_done(handle: WorkflowHandle[W, R], units: int) -> None:
    """Waits until a heartbeat has told that so many units of long-running work are done."""
    while True:
        for pending in (await handle.describe()).raw_description.pending_activities:
            for payload in pending.heartbeat_details.payloads:
                if json.loads(payload.data)["units_done"] >= units:
                    return
        await asyncio.sleep(CHECK_SECONDS)
