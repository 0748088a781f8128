"""The measured worker: `python -m benchmarks.recovery.worker QUEUE NOTES`; the SDK's defaults otherwise.

It connects where TEMPORAL_ADDRESS says, drains on SIGTERM, and does not know whether a supervisor runs it.
"""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from temporalio.worker import Worker

from benchmarks.recovery.notes import Kind, add_note, open_notes
from benchmarks.recovery.workflows import WORKFLOWS, hold, step
from benchmarks.workload import ThreeActivities, add_one
from temporal.client import connect
from temporal.command_line import DONE, leave, run_app
from temporal.config import load_settings
from temporal.workers.serving import unique_identity

AT_ONCE = 200
"""Activities and workflow tasks at once: no measurement is to wait for a free place."""

GRACEFUL = timedelta(seconds=10)

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Queue = Annotated[str, typer.Argument(help="The task queue.")]
Notes = Annotated[Path, typer.Argument(help="The file of all workers' notes.")]
Sticky = Annotated[float, typer.Option(help="The sticky queue's schedule-to-start timeout, in seconds.")]
Cache = Annotated[int, typer.Option(help="How many workflows to keep in memory.")]


@app.command()
def main(queue: Queue, notes: Notes, sticky: Sticky = 10.0, cache: Cache = 1_000) -> int:
    """Run the worker until SIGINT or SIGTERM drains it."""
    open_notes(notes)
    asyncio.run(_serve(queue, timedelta(seconds=sticky), cache))
    return DONE


async def _serve(queue: str, sticky: timedelta, cache: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    identity = unique_identity("measured")
    client = await connect(load_settings().connection, patience=60, identity=identity)
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[*WORKFLOWS, ThreeActivities],
        activities=[hold, step, add_one],
        max_concurrent_activities=AT_ONCE,
        max_concurrent_workflow_tasks=AT_ONCE,
        max_cached_workflows=cache,
        sticky_queue_schedule_to_start_timeout=sticky,
        graceful_shutdown_timeout=GRACEFUL,
        max_heartbeat_throttle_interval=timedelta(seconds=0.5),
        default_heartbeat_throttle_interval=timedelta(seconds=0.5),
    )
    async with worker:
        add_note(Kind.UP)
        await stopped.wait()


if __name__ == "__main__":
    leave(run_app(app, name="python -m benchmarks.recovery.worker"))
