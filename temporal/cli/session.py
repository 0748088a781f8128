"""How a script talks to Temporal: settings, a connection, one coroutine, one line for what goes wrong."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from temporalio.client import Client

from temporal.cli.rpc_errors import told_in_one_line
from temporal.client import connect
from temporal.config import Settings, load_settings
from temporal.tracing.starting import start_tracing

T = TypeVar("T")


def with_temporal(command: Callable[[Client, Settings], Coroutine[Any, Any, T]]) -> T:
    """Runs a coroutine with a client and the settings, and returns what it returns.

    Raises:
        ConfigError: The settings cannot be used.
        CommandError: Temporal cannot be reached or refuses, or the command itself failed.
    """
    settings = load_settings()
    tracing = start_tracing(settings.tracing, "cli")

    async def run() -> T:
        client = await connect(settings.connection, interceptors=tracing.interceptors)
        with told_in_one_line(client):
            return await command(client, settings)

    try:
        return asyncio.run(run())
    finally:
        tracing.flush()
