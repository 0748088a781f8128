"""Whose process an identity names, and which workers of a run the server knows."""

import re
from collections.abc import Collection

import psutil
from temporalio.client import Client

from temporal.workers.readiness import POLLED, pollers


def pid_of(identity: str) -> int:
    """Returns the process id within a worker's identity; 0 if there is none.

    `PREFIX@HOST/PID-RANDOM` is this project's, `PID@HOST` the default of Temporal's SDKs.
    """
    match = re.search(r"/(\d+)-|^(\d+)@", identity)
    return int(match[1] or match[2]) if match else 0


def worker_of(pid: int, workers: Collection[int]) -> int:
    """Returns which worker a process is or descends from; 0 if none: a command may wrap the real worker."""
    if pid in workers:
        return pid
    try:
        ancestors = psutil.Process(pid).parents() if pid else []
    except psutil.Error:
        return 0
    return next((ancestor.pid for ancestor in ancestors if ancestor.pid in workers), 0)


async def polling(client: Client, task_queue: str, workers: Collection[int]) -> set[int]:
    """Returns which of the worker processes the server lists as pollers of workflow and activity tasks.

    Raises:
        RPCError: The server refuses or does not answer.
    """
    found = set(workers)
    for kind in POLLED:
        identities = await pollers(client, task_queue, kind)
        found &= {worker_of(pid_of(identity), workers) for identity in identities}
    return found
