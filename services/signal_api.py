"""`python -m services.signal_api`: serves the API and its pages until SIGINT or SIGTERM, then drains."""

import asyncio
import os
import platform
import signal
import socket
from contextlib import closing

import typer
import uvicorn

from services.api.access_log import set_up_access_log
from services.api.app import create_app
from services.api.settings import ApiSettings, ServiceSettings, load_service_settings
from temporal.command_line import DONE, FAILED, CommandError, leave, run_app
from temporal.logs import set_up_logs
from temporal.tracing.starting import start_tracing

DRAIN_SECONDS = 15
"""How long requests under way may take after SIGTERM, in seconds: longer than the default wait for Temporal,
so that whoever decides at that moment gets the answer."""

MAX_WAITING_CONNECTIONS = 512
"""How many connections may wait to be accepted."""


async def serve(settings: ServiceSettings) -> int:
    """Serves until a signal ends it; returns the exit code.

    Raises:
        CommandError: The port is taken (exit code 1), or a key cannot be read (2).
        ConfigError: The store's settings cannot be used.
    """
    tracing = start_tracing(settings.core.tracing, "api", f"api@{platform.node()}/{os.getpid()}")
    app = create_app(settings, tracing=tracing)
    figures = app.state.context.figures
    with closing(_listening(settings.api)) as listener, figures.served(settings):
        config = uvicorn.Config(
            app,
            log_config=None,  # the project's logs; the access log is the app's own
            access_log=False,
            server_header=False,
            proxy_headers=False,  # else a client could choose the address that its limit is counted by
            timeout_graceful_shutdown=DRAIN_SECONDS,
            ws="none",
        )
        await uvicorn.Server(config).serve(sockets=[listener])
    await asyncio.to_thread(tracing.flush)
    return DONE


def _listening(api: ApiSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in api.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((api.host, api.port))
        listener.listen(MAX_WAITING_CONNECTIONS)
    except OSError as error:
        listener.close()
        raise CommandError(
            f"API_HOST={api.host!r}, API_PORT={str(api.port)!r}: {error.strerror}; stop what uses it, "
            "or set another port",
            FAILED,
        ) from error
    return listener


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main() -> int:
    """Serve the API and its pages. Settings come from the environment and .env."""
    settings = load_service_settings()
    set_up_logs(settings.core.log)
    set_up_access_log()
    # The server raises the signal that ended it once more when it has drained: it shall not end us by it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return asyncio.run(serve(settings))


if __name__ == "__main__":
    leave(run_app(app, name="python -m services.signal_api"))
