"""The embedded engine: one Temporal dev server on one data folder, in the background, until it is stopped.

`python -m temporal.engine start|stop|status`. Workflows live in `DATA_DIR/engine.db` and survive any death of
the server. The server's process holds a lock on `engine.lock`, so the kernel knows whether one runs.
"""

import asyncio
import fcntl
import json
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Annotated

import psutil
import typer

from temporal.client import connect
from temporal.command_line import DONE, FAILED, CommandError, leave, run_app
from temporal.config import ConnectionSettings, EngineSettings, load_settings
from temporal.dev_server import HOST, check_ports, find_cli, server_command

START_SECONDS = 30.0
"""How long the server may take until it answers, in seconds; 0.3 on an idle machine."""

STOP_SECONDS = 10.0
"""How long the server may take to stop before it is killed, in seconds; it takes 1 to 2."""

CHECK_SECONDS = 0.02

MAX_LOG_BYTES = 10_000_000
"""Above this size, in bytes, the log is emptied at the next start."""


class Engine:
    """The dev server of one data folder, whichever process started it.

    Args:
        settings: The ports, the data folder and the Temporal CLI.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._folder = settings.data_dir
        self._child: subprocess.Popen[bytes] | None = None
        self.database = self._folder / "engine.db"
        self.log = self._folder / "engine.log"
        self._lock = self._folder / "engine.lock"

    @property
    def address(self) -> str:
        """Where its gRPC is; HOST:PORT."""
        return f"{HOST}:{self._settings.port}"

    @property
    def ui(self) -> str:
        """The Temporal UI's address in a browser."""
        return f"http://{HOST}:{self._settings.ui_port}"

    def process(self) -> psutil.Process | None:
        """Returns the running server; None when there is none."""
        try:
            told = json.loads(self._lock.read_text())
            process = psutil.Process(told["pid"])
            same = process.create_time() == told["created"]  # else another process got the number
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
            return None

    def start(self) -> psutil.Process:
        """Starts the server and returns once it answers.

        Raises:
            CommandError: It runs already, a port is taken, there is no Temporal CLI, or it does not start
                (exit code 1).
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            cli = find_cli(self._settings)
            with self._lock.open("a+") as lock, self.log.open("ab") as log:
                self._claim(lock)
                return self._spawn(server_command(cli, self._settings, self.database), lock, log)
        except OSError as error:
            raise CommandError(f"{error.filename or self._folder}: {error.strerror}", FAILED) from error

    def stop(self) -> bool:
        """Stops the server and waits for its end; returns whether one ran."""
        process = self.process()
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
                if not self._ends_within(STOP_SECONDS):
                    process.kill()
                    self._ends_within(STOP_SECONDS)
        if self._child is not None:
            self._child.terminate()  # also one whose start was interrupted before it was written down
            self._child.wait()
        return process is not None

    def _ends_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        # A zombie has ended too: a container's first process may never collect it.
        while (running := self.process() is not None) and time.monotonic() < end:
            time.sleep(CHECK_SECONDS)
        return not running

    def _claim(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{self.database}: an engine runs on it already", FAILED) from None
        check_ports(self._settings)

    def _spawn(self, command: list[str], lock: IO[str], log: IO[bytes]) -> psutil.Process:
        if log.tell() > MAX_LOG_BYTES:
            log.truncate(0)
        if self._child is not None:
            self._child.wait()  # an earlier one: it is dead, since the lock is free
        self._child = child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],  # an open lock is a running server
            start_new_session=True,
        )
        try:
            process = psutil.Process(child.pid)
            lock.truncate(0)
            print(json.dumps({"pid": child.pid, "created": process.create_time()}), file=lock, flush=True)
            asyncio.run(self._answers(child))
        except BaseException:
            self.stop()
            raise
        return process

    async def _answers(self, child: "subprocess.Popen[bytes]") -> None:
        connecting = asyncio.create_task(
            connect(ConnectionSettings(address=self.address), patience=START_SECONDS)
        )
        while not connecting.done() and child.poll() is None:
            await asyncio.wait({connecting}, timeout=CHECK_SECONDS)
        if not connecting.done():
            connecting.cancel()
            raise CommandError(f"the engine did not start: {last_line(self.log)}", FAILED)
        await connecting


def last_line(file: Path) -> str:
    """Returns a log's last line, for an error message."""
    lines = file.read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "no word of why"


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=__doc__)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


@app.command()
def start(as_json: Json = False) -> None:
    """Starts the engine in the background and returns once it answers."""
    engine = Engine(load_settings().engine)
    _print(engine, engine.start(), as_json)


@app.command()
def stop() -> None:
    """Stops the engine; does nothing when none runs."""
    stopped = Engine(load_settings().engine).stop()
    typer.echo("engine stopped" if stopped else "no engine was running")


@app.command()
def status(as_json: Json = False) -> int:
    """Shows the engine; exit code 1 when none runs."""
    engine = Engine(load_settings().engine)
    process = engine.process()
    _print(engine, process, as_json)
    return FAILED if process is None else DONE


def _print(engine: Engine, process: psutil.Process | None, as_json: bool) -> None:
    facts = {
        "running": process is not None,
        "pid": process.pid if process else None,
        "address": engine.address,
        "ui": engine.ui,
        "database": str(engine.database),
    }
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        state = f"running, process {facts['pid']}" if process else "not running"
        typer.echo(f"engine {state}\naddress: {engine.address}\nui: {engine.ui}\ndatabase: {engine.database}")


if __name__ == "__main__":
    leave(run_app(app, name="python -m temporal.engine"))
