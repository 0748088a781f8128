"""Processes: whether one lives, is gone, and which ones a run has left."""

import os
from contextlib import suppress

import psutil

from temporal.chaos.targets.environment import RUN_VARIABLE


def is_alive(process: psutil.Process) -> bool:
    """Tells whether a process runs; one that nobody has collected yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pid: int) -> bool:
    """Tells whether there is no such process any more, or only its exit code is left."""
    try:
        return not is_alive(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def marked(value: str, variable: str = RUN_VARIABLE) -> list[psutil.Process]:
    """Returns the living processes, this one left out, whose environment names a run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            theirs = process.pid != os.getpid() and is_alive(process)
            if theirs and process.environ().get(variable) == value:
                found.append(process)
    return found
