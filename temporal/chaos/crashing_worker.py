"""This project's worker with a crash point: `python -m temporal.chaos.crashing_worker`.

Its settings are the worker's, and CRASH_POINT, CRASH_RECORD and CRASH_WORKFLOW_ID_PREFIX of `crash_points`.
"""

import asyncio
import os
import sys

import typer

from temporal.chaos.crash_points import CrashInterceptor, crash_point
from temporal.command_line import leave, run_app
from temporal.config import load_settings
from temporal.logs import set_up_logs
from temporal.workers.worker import serve

COMMAND = (sys.executable, "-m", "temporal.chaos.crashing_worker")

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main() -> int:
    """Run the worker until it reaches its crash point or is drained."""
    point, settings = crash_point(os.environ), load_settings()
    set_up_logs(settings.log)
    return asyncio.run(serve(settings, [CrashInterceptor(point)]))


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.chaos.crashing_worker"))
