"""`python -m services.local`: everything on this machine, an engine, workers and the API, until Ctrl-C."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from contextlib import ExitStack, suppress

import typer

from services.api.settings import ServiceSettings, load_service_settings
from temporal.command_line import DONE, FAILED, CommandError, leave, run_app
from temporal.engine import Engine

PROGRAMS = ("temporal.recovery", "services.signal_api")
"""What runs beside the engine: workers under their supervisor, and the API."""

STOP_SECONDS = 40.0
"""How long the programs may take to drain before they are killed, in seconds; the supervisor waits for 30."""


def run(settings: ServiceSettings) -> int:
    """Runs everything until SIGINT or SIGTERM; returns the exit code.

    An engine that runs already is used and left running.

    Raises:
        CommandError: The engine cannot be started, or a program ended by itself (exit code 1).
    """
    with ExitStack() as stack:
        engine = Engine(settings.core.engine)
        if engine.process() is None:
            stack.callback(engine.stop)
            engine.start()
        typer.echo(f"API and page: {settings.api.base_url}  (sign in with what `make token` prints)")
        typer.echo(f"Temporal UI:  {engine.ui}")
        return asyncio.run(_programs())


async def _programs() -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    started: list[Process] = []
    try:
        for module in PROGRAMS:
            # In a session of its own: Ctrl-C reaches this process, which stops them in order.
            command = (sys.executable, "-m", module)
            started.append(await asyncio.create_subprocess_exec(*command, start_new_session=True))
        ends = [asyncio.create_task(program.wait()) for program in started]
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait({asked, *ends}, return_when=asyncio.FIRST_COMPLETED)
        for module, end in zip(PROGRAMS, ends, strict=True):
            if end.done() and not stop.is_set():
                raise CommandError(f"{module} has ended by itself, exit code {end.result()}", FAILED)
        asked.cancel()
    finally:
        await _stop(started)
    return DONE


async def _stop(programs: list[Process]) -> None:
    for program in programs:
        with suppress(ProcessLookupError):
            program.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await asyncio.gather(*(program.wait() for program in programs))
    except TimeoutError:
        for program in programs:
            with suppress(ProcessLookupError):
                program.kill()
        await asyncio.gather(*(program.wait() for program in programs))


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main() -> int:
    """Run an engine, workers and the API with its page. Settings come from the environment and .env."""
    return run(load_service_settings())


if __name__ == "__main__":
    leave(run_app(app, name="python -m services.local"))
