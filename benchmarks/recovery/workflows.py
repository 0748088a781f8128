"""What is killed: a workflow for each thing that a worker can be in the midst of, and one of a busy service.

Written as any user of the SDK writes workflows: nothing in them knows of a supervisor. All they do besides is
to note who runs them.
"""

import asyncio
import os
import time
from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from benchmarks.recovery.notes import Kind, add_note

START_TO_CLOSE = timedelta(seconds=10)
"""For an activity without heartbeat, the only thing that tells a stock server of its worker's death."""

HEARTBEAT_TIMEOUT = timedelta(seconds=3)
LONGEST_HOLD = timedelta(seconds=60)

BLOCK_SECONDS = 1.5
"""How long a workflow task takes that is to be hit, in seconds; above 2 the SDK takes it for a deadlock."""

CHECK_SECONDS = 0.05


def note_task() -> None:
    """Notes that this process runs a task of the workflow; also during a replay, which moves the workflow."""
    add_note(Kind.TASK, workflow.info().workflow_id)


def block() -> None:
    """Holds a workflow task in hand, as an expensive computation in a workflow does."""
    time.sleep(BLOCK_SECONDS)


@activity.defn
async def hold(let_go: str, heartbeat: bool) -> None:
    """Runs until the file `let_go` exists. A later attempt returns at once: its start is what is measured."""
    info = activity.info()
    add_note(Kind.BEGIN, info.workflow_id or "")
    while info.attempt == 1 and not os.access(let_go, os.F_OK):
        if heartbeat:
            activity.heartbeat()
        await asyncio.sleep(CHECK_SECONDS)
    add_note(Kind.END, info.workflow_id or "")


@activity.defn
async def step(seconds: float) -> None:
    """Takes so many seconds."""
    workflow_id = activity.info().workflow_id or ""
    add_note(Kind.BEGIN, workflow_id)
    await asyncio.sleep(seconds)
    add_note(Kind.END, workflow_id)


@workflow.defn
class Sleeps:
    """Sleeps; a signal or two on the way change nothing."""

    @workflow.run
    async def run(self, seconds: float) -> None:
        """Ends after so many seconds."""
        note_task()
        await workflow.sleep(seconds)
        note_task()

    @workflow.signal
    def poke(self) -> None:
        """Does nothing but take a workflow task."""
        note_task()


@workflow.defn
class Holds:
    """Has one long activity."""

    @workflow.run
    async def run(self, let_go: str, heartbeat: bool) -> None:
        """Ends with its activity."""
        note_task()
        await workflow.execute_activity(
            hold,
            args=[let_go, heartbeat],
            start_to_close_timeout=LONGEST_HOLD if heartbeat else START_TO_CLOSE,
            heartbeat_timeout=HEARTBEAT_TIMEOUT if heartbeat else None,
        )
        note_task()


@workflow.defn(sandboxed=False)
class Blocks:
    """Is long within its workflow task; outside of the sandbox, which forbids just that."""

    @workflow.run
    async def run(self) -> None:
        """Ends with its first workflow task."""
        note_task()
        block()


@workflow.defn
class Waits:
    """Waits for a signal."""

    def __init__(self) -> None:
        self._went = False

    @workflow.run
    async def run(self) -> None:
        """Ends with the signal."""
        note_task()
        await workflow.wait_condition(lambda: self._went)

    @workflow.signal
    def go(self) -> None:
        """Lets it end."""
        note_task()
        self._went = True

    @workflow.query
    def went(self) -> bool:
        """Whether the signal has come."""
        return self._went


@workflow.defn
class Serves:
    """One request to a busy service: a step, a sleep, a step."""

    @workflow.run
    async def run(self, sleep_seconds: float, step_seconds: float) -> None:
        """Ends with the second step; without a sleep there is only the first."""
        note_task()
        await workflow.execute_activity(step, step_seconds, start_to_close_timeout=START_TO_CLOSE)
        note_task()
        if sleep_seconds:
            await workflow.sleep(sleep_seconds)
            note_task()
            await workflow.execute_activity(step, step_seconds, start_to_close_timeout=START_TO_CLOSE)
            note_task()


WORKFLOWS: tuple[type, ...] = (Sleeps, Holds, Blocks, Waits, Serves)
