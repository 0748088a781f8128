"""`python -m temporal.recovery [--workers N] -- COMMAND…`: runs workers, and frees what a dead one held."""

import asyncio
import signal
import sys
from typing import Annotated

import typer

from temporal.command_line import leave, run_app
from temporal.config import load_settings
from temporal.logs import set_up_logs
from temporal.recovery.supervisor import Options, Supervisor

WORKER = [sys.executable, "-m", "temporal.workers.worker"]

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Workers = Annotated[int, typer.Option(min=1, max=64, help="How many copies; with two, one is always hot.")]
Drain = Annotated[
    float, typer.Option(min=0.1, max=86_400, help="How long a worker may take to drain, in seconds.")
]
Asynchronous = Annotated[
    list[str] | None,
    typer.Option("--async-activity", metavar="NAME", help="An activity that outlives its worker."),
]
Command = Annotated[list[str] | None, typer.Argument(metavar="COMMAND", help="The worker and its options.")]


@app.command()
def main(
    command: Command = None, workers: Workers = 2, drain: Drain = 30.0, async_activity: Asynchronous = None
) -> int:
    """Run COMMAND (by default this project's worker) so that its death costs milliseconds."""
    settings = load_settings()
    set_up_logs(settings.log)
    options = Options(command or WORKER, workers, drain, frozenset(async_activity or ()))

    async def run() -> int:
        supervisor = Supervisor(settings.connection, options)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, supervisor.stop)
        return await supervisor.run()

    return asyncio.run(run())


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.recovery"))
