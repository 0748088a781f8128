"""A Compose stack of the benchmark's own: as the project ships it, or with upstream's settings."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import Client

from temporal.chaos.targets.environment import free_ports
from temporal.client import connect
from temporal.command_line import FAILED, CommandError
from temporal.config import ConnectionSettings

COMMAND = Path(__file__).parents[2] / "docker" / "stack.sh"
DOCKER = shutil.which("docker") or "docker"
TUNED, UPSTREAM = "tuned", "upstream"

PATIENCE_SECONDS = 180.0
"""How long a command of the stack may take, in seconds."""

UPSTREAM_DYNAMIC_CONFIG = """\
limit.maxIDLength: [{ value: 255 }]
system.forceSearchAttributesCacheRefreshOnRead: [{ value: true }]
"""

UPSTREAM_FILE = """\
# temporalio/samples-server, compose/docker-compose-postgres.yml: the older driver, PostgreSQL as it comes, no
# number of shards (the server's default is 4), and dynamicconfig/development-sql.yaml.
services:
  postgresql: {{ command: [postgres] }}
  temporal-server:
    environment:
      DB: postgres12
      NUM_HISTORY_SHARDS: "4"
      DYNAMIC_CONFIG_FILE_PATH: /upstream/development-sql.yaml
    volumes: ["{folder}:/upstream:ro"]
"""

SHARDS_FILE = """\
services:
  temporal-server: {{ environment: {{ NUM_HISTORY_SHARDS: "{shards}" }} }}
"""


class BenchmarkStack:
    """A stack of its own project, ports, passwords and volumes, all in one folder.

    Args:
        folder: Where its passwords and overriding Compose file are.
        override: A Compose file's text over docker-compose.yml; empty for none.
    """

    def __init__(self, folder: Path, override: str) -> None:
        temporal, ui, postgres = free_ports(3)
        files = "docker/docker-compose.yml"
        if override:
            (folder / "override.yml").write_text(override)
            files += f":{folder / 'override.yml'}"
        self.project = f"benchmark-{uuid.uuid4().hex[:8]}"
        self.address = f"127.0.0.1:{temporal}"
        self._environment = os.environ | {
            "COMPOSE_FILE": files,
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_PROFILES": "",
            "SECRETS_DIR": str(folder / "secrets"),
            "TEMPORAL_PORT": str(temporal),
            "TEMPORAL_UI_PORT": str(ui),
            "POSTGRES_PORT": str(postgres),
        }

    def run(self, *arguments: str) -> float:
        """Runs docker/stack.sh and returns the seconds it took.

        Raises:
            CommandError: It failed; holds its last line.
        """
        begun = time.perf_counter()
        ended = subprocess.run(
            [str(COMMAND), *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        if ended.returncode != 0:
            said = ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"]
            raise CommandError(f"docker/stack.sh {arguments[0]}: {said[-1]}", FAILED)
        return time.perf_counter() - begun

    async def client(self) -> Client:
        """Returns a connection to its Temporal."""
        return await connect(ConnectionSettings(address=self.address), patience=60)

    def container(self, service: str) -> str:
        """Returns the name of a service's container."""
        return f"{self.project}-{service}-1"

    def sigkill(self, service: str) -> None:
        """SIGKILLs a service's first process from outside: to Docker that is a crash, not a stop."""
        os.kill(int(docker("inspect", "-f", "{{.State.Pid}}", self.container(service))), signal.SIGKILL)


def docker(*arguments: str) -> str:
    """Runs the Docker client and returns what it printed.

    Raises:
        CommandError: It failed.
    """
    ended = subprocess.run([DOCKER, *arguments], capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise CommandError(f"docker {arguments[0]}: {ended.stderr.strip()}", FAILED)
    return ended.stdout.strip()


@asynccontextmanager
async def running(form: str, shards: int | None = None) -> AsyncIterator[tuple[BenchmarkStack, float]]:
    """Runs a stack from a clean state, and yields it with the seconds that `up --wait` took.

    Args:
        form: TUNED or UPSTREAM.
        shards: Another number of history shards than the form's.

    Raises:
        CommandError: It does not start.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        stack = _prepared(Path(name), form, shards)
        try:
            yield stack, await asyncio.to_thread(stack.run, "up")
        finally:
            stack.run("down", "--volumes")


def _prepared(folder: Path, form: str, shards: int | None) -> BenchmarkStack:
    folder.chmod(0o755)  # the server reads its dynamic config as a user of its own
    (folder / "development-sql.yaml").write_text(UPSTREAM_DYNAMIC_CONFIG)
    override = UPSTREAM_FILE.format(folder=folder) if form == UPSTREAM else ""
    if shards is not None:
        override = SHARDS_FILE.format(shards=shards)
    return BenchmarkStack(folder, override)
