"""The activities of the cases; each returns what tells how it was run."""

import asyncio
import os
import signal

from temporalio import activity
from temporalio.client import Client

from tests.integration.recovery_cases.marks import die_once, first, mark
from tests.integration.recovery_cases.requests import EagerStart


@activity.defn
async def work(name: str) -> int:
    """Dies with its worker in its first run; returns the attempt."""
    die_once(name)
    return activity.info().attempt


@activity.defn
async def stay(name: str) -> int:
    """Does not end in its first run, and asks nobody about cancellation; else returns the attempt."""
    if first(name):
        await asyncio.Event().wait()
    return activity.info().attempt


@activity.defn
async def leave_open(name: str) -> int:
    """Leaves its completion to whoever reads its token; in later attempts returns the attempt."""
    if first(name):
        mark(f"{name}.token").write_bytes(activity.info().task_token)
        activity.raise_complete_async()
    return activity.info().attempt


@activity.defn
async def leave_open_too(name: str) -> int:
    """The same under another name."""
    return await leave_open(name)


@activity.defn
async def linger(name: str) -> str:
    """Dies when the test says so in its first run, by a file; later ones return a word."""
    if first(name):
        while not mark(f"{name}.go").exists():
            await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


class Starter:
    """Starts workflows from within a worker, whose client may then be given their first task at once."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def start_eagerly(self, request: EagerStart) -> int:
        """Starts the workflow and waits for its worker's end; later attempts return the attempt."""
        if first(f"{request.workflow_id}.started"):
            await self._client.start_workflow(
                request.workflow,
                request.mark,
                id=request.workflow_id,
                task_queue=activity.info().task_queue,
                request_eager_start=True,
            )
            await asyncio.Event().wait()
        return activity.info().attempt


ACTIVITIES = [work, stay, leave_open, leave_open_too, linger]
