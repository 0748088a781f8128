"""The two engines that are compared: one program, once as the project runs it and once as it comes."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from temporal.chaos.targets.environment import free_ports
from temporal.client import connect
from temporal.command_line import FAILED, CommandError
from temporal.config import ConnectionSettings, EngineSettings
from temporal.dev_server import server_command
from temporal.engine import START_SECONDS, STOP_SECONDS, last_line

TUNED, STOCK = "tuned", "stock"

TUNING = ("--sqlite-pragma", "--dynamic-config-value")
"""The options, each with a value behind it, that make the difference."""


def command_of(engine: str, cli: Path, settings: EngineSettings, database: Path) -> list[str]:
    """Returns an engine's command line; the stock one is the project's own without its tuning."""
    command = server_command(cli, settings, database)
    return without_tuning(command) if engine == STOCK else command


def without_tuning(command: Sequence[str]) -> list[str]:
    """Returns a server's command line without the tuning options and their values."""
    before = ["", *command[:-1]]
    return [word for word, last in zip(command, before, strict=True) if not {word, last} & set(TUNING)]


@asynccontextmanager
async def running(engine: str, cli: Path) -> AsyncIterator[Client]:
    """Runs an engine on free ports and a new file, and yields a connection to it.

    Args:
        engine: TUNED or STOCK.
        cli: The Temporal CLI.

    Raises:
        CommandError: It does not start.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        port, ui_port = free_ports(2)
        settings = EngineSettings(port=port, ui_port=ui_port, data_dir=folder)
        log = folder / "engine.log"
        server = _start(command_of(engine, cli, settings, folder / "engine.db"), log)
        try:
            yield await _connected(server, port, log)
        finally:
            _stop(server)


def _start(command: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches only the benchmark, which then stops it
        )


async def _connected(server: "subprocess.Popen[bytes]", port: int, log: Path) -> Client:
    address = ConnectionSettings(address=f"127.0.0.1:{port}")
    connecting = asyncio.create_task(connect(address, patience=START_SECONDS))
    try:
        while not connecting.done() and server.poll() is None:
            await asyncio.wait({connecting}, timeout=0.02)
        if server.poll() is not None:
            raise CommandError(f"the engine did not start: {last_line(log)}", FAILED)
        return await connecting
    finally:
        connecting.cancel()


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
