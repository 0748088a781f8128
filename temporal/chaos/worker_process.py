"""A real worker process that a chaos run starts, watches and kills."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
from temporalio.client import Client

from temporal.chaos.identity import polling
from temporal.chaos.processes import is_alive
from temporal.command_line import FAILED, CommandError
from temporal.engine import last_line

COMMAND = (sys.executable, "-m", "temporal.workers.worker")
"""This project's worker."""

START_SECONDS = 60.0
"""How long a worker may take from its start until it polls, in seconds; 0.6 on an idle machine."""

CHECK_SECONDS = 0.02


class WorkerProcess:
    """One worker process, in a session of its own, so that a terminal's Ctrl-C reaches only the harness.

    Args:
        client: A connection to the Temporal that the worker polls.
        task_queue: The task queue that it polls.
        environment: All of the process's variables.
        log: Where its output is appended.
        command: What to run; its identity must name its process or a descendant's, as SDKs' do.

    Attributes:
        log: The file of its output.
    """

    def __init__(
        self,
        client: Client,
        task_queue: str,
        *,
        environment: Mapping[str, str],
        log: Path,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=log.parent,  # no .env file of the user's there
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        # A dead process with threads is a zombie some time before its exit code can be had.
        return self._process.poll() is None and is_alive(psutil.Process(self.pid))

    async def wait_until_polling(self) -> None:
        """Returns once the server lists the process as a poller of workflow and of activity tasks.

        Raises:
            CommandError: It ended instead, or does not poll in time; names the last line of its log.
        """
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await polling(self._client, self._task_queue, [self.pid]):
            if not self.running or asyncio.get_running_loop().time() > deadline:
                raise CommandError(f"the worker does not poll: {last_line(self.log)}", FAILED)
            await asyncio.sleep(CHECK_SECONDS)

    def kill(self) -> datetime:
        """SIGKILLs the process and returns when it was gone (UTC)."""
        self._process.kill()
        self._process.wait()
        return datetime.now(UTC)

    def terminate(self) -> None:
        """Asks it to end; one that is stopped goes on first, so that it hears it."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        """Sends another signal; does nothing when the process has ended."""
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Waits for the end; returns the exit code, negative for the signal that ended it."""
        return await asyncio.to_thread(self._process.wait)
