"""A worker of workflows and activities that are named: `python -m temporal.chaos.given_worker`; for tests.

It has the armed moments of `points.armed`, so that a test can kill it where only the worker itself can.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio import activity
from temporalio.worker import Worker

from temporal.chaos.points.armed import FOLDER_VARIABLE
from temporal.chaos.points.interceptor import ArmedInterceptor
from temporal.client import connect
from temporal.command_line import DONE, USAGE, CommandError, leave, run_app
from temporal.config import Settings, load_settings
from temporal.logs import set_up_logs
from temporal.workers.drain import Drain
from temporal.workers.serving import HEARTBEAT_THROTTLE, unique_identity

COMMAND = (sys.executable, "-m", "temporal.chaos.given_worker")

DRAIN_TIME = timedelta(seconds=5)
"""How long activities may take to end once the worker is asked to."""


@activity.defn(name="chaos_nothing")
async def nothing() -> None:
    """Makes a worker without activities poll for them all the same: that is how it is known to be ready."""


def named(one: type | Callable[..., Any]) -> str:
    """Returns `MODULE:NAME` of a workflow class or activity function.

    Raises:
        CommandError: It is not at the top of a module, where another process could import it.
    """
    if "." in one.__qualname__ or one.__module__ == "__main__":
        raise CommandError(
            f"{one.__qualname__}: must be at the top of a module, for a worker to import", USAGE
        )
    return f"{one.__module__}:{one.__qualname__}"


async def serve(
    settings: Settings, workflows: Sequence[type], activities: Sequence[Callable[..., Any]]
) -> None:
    """Runs the worker until a signal drains it."""
    drain = Drain(DRAIN_TIME.total_seconds())
    drain.listen()
    client = await connect(settings.connection, identity=unique_identity("given"))
    folder = os.environ.get(FOLDER_VARIABLE)
    async with Worker(
        client,
        task_queue=settings.worker.task_queue,
        workflows=workflows,
        activities=[*activities, nothing],
        activity_executor=ThreadPoolExecutor(settings.worker.max_concurrent_activities),
        max_concurrent_activities=settings.worker.max_concurrent_activities,
        graceful_shutdown_timeout=DRAIN_TIME,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        interceptors=[ArmedInterceptor(Path(folder))] if folder else [],
    ):
        await drain.requested.wait()


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

NAMES = typer.Option(metavar="MODULE:NAME", help="May be repeated.")
Names = Annotated[list[str], NAMES]
OptionalNames = Annotated[list[str] | None, NAMES]


@app.command()
def main(workflow: Names, activity: OptionalNames = None) -> int:
    """Run what is named until SIGINT or SIGTERM drains it; settings are the worker's."""
    settings = load_settings()
    set_up_logs(settings.log)
    asyncio.run(serve(settings, _imported(workflow), _imported(activity or [])))
    return DONE


def _imported(names: Sequence[str]) -> list[Any]:
    found = []
    for name in names:
        module, _, attribute = name.partition(":")
        try:
            found.append(getattr(importlib.import_module(module), attribute))
        except (ImportError, AttributeError) as error:
            raise CommandError(f"{name}: {error}", USAGE) from error
    return found


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.chaos.given_worker"))
