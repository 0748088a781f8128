"""Processes that a test waits to see gone."""

import asyncio
from collections.abc import Collection

import psutil

from temporal.chaos.observation import until


def is_alive(process: psutil.Process) -> bool:
    """Tells whether a process runs; one that nobody has collected yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def gone(processes: Collection[psutil.Process]) -> None:
    """Returns once none of them runs."""

    async def reached() -> bool:
        await asyncio.sleep(0)
        return not any(is_alive(process) for process in processes)

    await until(f"processes {[process.pid for process in processes]} are gone", reached)
