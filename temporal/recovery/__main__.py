"""`python -m temporal.recovery [--workers N] -- COMMAND…`: runs workers, and frees what a dead one held."""

import asyncio
import gc
import os
import signal
import sys
from typing import Annotated

import typer

from temporal.command_line import leave, run_app
from temporal.config import load_settings
from temporal.logs import set_up_logs
from temporal.recovery.show_status import app as status
from temporal.recovery.supervisor import Supervisor
from temporal.recovery.worker_life import Options

WORKER = [sys.executable, "-m", "temporal.workers.worker"]

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Workers = Annotated[int, typer.Option(min=1, max=64, help="How many copies; with two, one is always hot.")]
Drain = Annotated[
    float, typer.Option(min=0.1, max=86_400, help="How long a worker may take to drain, in seconds.")
]
Beat = Annotated[
    float,
    typer.Option("--beat", min=1, max=3_600, help="The longest silence of a worker that beats, in seconds."),
]
Asynchronous = Annotated[
    list[str] | None,
    typer.Option("--async-activity", metavar="NAME", help="An activity that outlives its worker."),
]
Command = Annotated[list[str] | None, typer.Argument(metavar="COMMAND", help="The worker and its options.")]


@app.command()
def main(
    command: Command = None,
    workers: Workers = 2,
    drain: Drain = 30.0,
    beat: Beat = 15.0,
    asynchronous: Asynchronous = None,
) -> int:
    """Run COMMAND (by default this project's worker) so that its death costs milliseconds.

    SIGHUP restarts the workers one by one without a gap, SIGTERM drains them. `python -m temporal.recovery
    status` tells what a running supervisor does.
    """
    settings = load_settings()
    set_up_logs(settings.log)
    gc.freeze()  # what is loaded by now stays: looking for garbage in it would hold calls up
    options = Options(command or WORKER, drain, beat, settings.metrics)

    async def run() -> int:
        supervisor = Supervisor(
            settings.connection,
            options,
            workers,
            settings.recovery_dir,
            frozenset(asynchronous or ()),
        )
        loop, had_terminal = asyncio.get_running_loop(), _has_terminal()

        def hang_up() -> None:
            if had_terminal and not _has_terminal():  # its window was closed
                supervisor.stop()
            else:
                supervisor.roll()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, supervisor.stop)
        loop.add_signal_handler(signal.SIGHUP, hang_up)
        return await supervisor.run()

    return asyncio.run(run())


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1:2] == ["status"]:
        leave(run_app(status, sys.argv[2:], name="python -m temporal.recovery status"))
    leave(run_app(app, name="python -m temporal.recovery"))
