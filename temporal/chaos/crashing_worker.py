"""The chaos worker, `python -m temporal.chaos.crashing_worker`: this project's, with points at which it dies.

It runs the closed form too. Its settings are the worker's, and CHAOS_POINTS, the folder of armed moments, or
CRASH_POINT, CRASH_RECORD and CRASH_WORKFLOW_ID_PREFIX of `crash_points`.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer
from temporalio.worker import Interceptor

from temporal.chaos.crash_points import CrashInterceptor, crash_point
from temporal.chaos.points.armed import FOLDER_VARIABLE
from temporal.chaos.points.interceptor import ArmedInterceptor
from temporal.chaos.workloads.closed_form.registered import CHAOS
from temporal.command_line import leave, run_app
from temporal.config import load_settings
from temporal.logs import set_up_logs
from temporal.workers.serving import serve

COMMAND = (sys.executable, "-m", "temporal.chaos.crashing_worker")

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main() -> int:
    """Run the worker until it reaches a point at which it dies, or is drained."""
    interceptor, settings = _interceptor(os.environ), load_settings()
    set_up_logs(settings.log)
    return asyncio.run(serve(settings, [interceptor], CHAOS))


def _interceptor(environment: Mapping[str, str]) -> Interceptor:
    folder = environment.get(FOLDER_VARIABLE)
    return ArmedInterceptor(Path(folder)) if folder else CrashInterceptor(crash_point(environment))


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.chaos.crashing_worker"))
