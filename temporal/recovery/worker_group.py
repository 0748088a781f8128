"""One worker process and its descendants, which die with it; the process itself dies with the supervisor."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil

CREDENTIALS = ("TEMPORAL_API_KEY", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")
PREFIXES = ("TEMPORAL_TLS", "TEMPORAL_GRPC_META")


class WorkerGroup:
    """A worker in a session, and so a process group, of its own; made in the main thread.

    Args:
        command: What to run.
        environment: All of its variables.
        inherits: A file descriptor that it gets.

    Attributes:
        pid: The process that leads the group, and so the group's id.
        started: What `started_at` says of it.

    Raises:
        OSError: The command cannot be run.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], inherits: int) -> None:
        # The signal is the kernel's word that the supervisor is gone. A wrapper sets it, because code between
        # fork and exec is unsafe in a process with threads.
        setpriv = shutil.which("setpriv")
        wrapper = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
        self._process = subprocess.Popen(
            [*wrapper, *command], env=environment, start_new_session=True, pass_fds=(inherits,)
        )
        self.pid = self._process.pid
        self.started = started_at(self.pid)  # it is not collected yet, so it is there

    async def ended(self) -> int:
        """Waits until the worker is gone, ends what is left of its group, and returns its exit code."""
        loop = asyncio.get_running_loop()
        # A thread of its own: the loop has few to lend, and as many workers would take them all.
        thread = ThreadPoolExecutor(1, f"worker-{self.pid}")
        try:
            await loop.run_in_executor(thread, _wait_for_end, self.pid)
            self.kill()
            return await loop.run_in_executor(thread, self._process.wait)
        finally:
            thread.shutdown(wait=False)

    def terminate(self) -> None:
        """Asks the worker to drain. Not by `Popen`, which would collect it: its id may then be another's."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILLs the whole group; does nothing once the worker was collected: its id may be another's."""
        if self._process.returncode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            os.killpg(self.pid, signal.SIGKILL)


def started_at(pid: int) -> float:
    """Returns when a process started, in seconds by a clock that nobody sets, where the system has one.

    Raises:
        ProcessLookupError: There is no such process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        try:
            return psutil.Process(pid).create_time()  # not Linux: by the clock on the wall
        except psutil.NoSuchProcess as error:
            raise ProcessLookupError(pid) from error
    return int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")  # field 22, since the boot


def _wait_for_end(pid: int) -> None:
    """Returns once a child has ended, and leaves it uncollected: its id, the group's too, stays taken."""
    if hasattr(os, "waitid"):  # not on macOS, where a group may lose its leader's id a moment too early
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def worker_environment(
    environment: Mapping[str, str], address: str, namespace: str, slot: int, metrics_port: int
) -> dict[str, str]:
    """Returns a worker's variables: Temporal is the gateway, and the credentials stay with the supervisor.

    They are set to nothing instead of left out, so that no `.env` file puts them back.

    Args:
        environment: The supervisor's variables.
        address: The worker's listener.
        namespace: The namespace.
        slot: Its place, from 1.
        metrics_port: The supervisor's metrics port; a worker's is higher by its slot. 0 for none.
    """
    emptied = {name for name in environment if name.startswith(PREFIXES)} | set(CREDENTIALS)
    return {
        **environment,
        **dict.fromkeys(emptied, ""),
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_NAMESPACE": namespace,
        "TEMPORAL_TLS": "false",
        "RECOVERY_SLOT": str(slot),
        "METRICS_PORT": str(metrics_port + slot) if metrics_port else "",
    }
