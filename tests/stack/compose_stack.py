"""A Compose stack of the tests' own: its project name, ports, passwords and volumes are nobody else's."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from temporalio.client import Client

from temporal.chaos.targets.environment import free_ports, worker_environment
from temporal.client import connect
from temporal.config import ConnectionSettings

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / "docker" / "stack.sh"
DOCKER = shutil.which("docker") or "docker"
PATIENCE_SECONDS = 110.0
"""After how long a command of the stack counts as hanging, in seconds; below the limit of a test."""


def docker(*arguments: str) -> str:
    """Runs the Docker client and returns what it printed."""
    return subprocess.run(
        [DOCKER, *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    ).stdout.strip()


def inspect(name: str) -> dict[str, Any]:
    """Returns all that Docker knows of a container or an image."""
    found: list[dict[str, Any]] = json.loads(docker("inspect", name))
    return found[0]


def with_override(override: Path) -> str:
    """Returns a COMPOSE_FILE that puts a file of the tests over the stack's own."""
    return f"docker/docker-compose.yml:{override}"


class Stack:
    """The stack of docker/docker-compose.yml, driven by the command that `make up` runs.

    Args:
        folder: Where its passwords are kept.
        project: Its Compose project.
        override: A Compose file over the stack's own.
    """

    def __init__(self, folder: Path, project: str, override: Path | None = None) -> None:
        self.folder = folder
        self.project = project
        self.temporal_port, self.postgres_port, self.ui_port, self.api_port = free_ports(4)
        self.secrets = folder / "secrets"
        self.variables = {
            "COMPOSE_PROJECT_NAME": project,
            "TEMPORAL_PORT": str(self.temporal_port),
            "POSTGRES_PORT": str(self.postgres_port),
            "TEMPORAL_UI_PORT": str(self.ui_port),
            "API_PORT": str(self.api_port),
            "SECRETS_DIR": str(self.secrets),
        }
        if override is not None:
            self.variables["COMPOSE_FILE"] = with_override(override)
        self.address = f"127.0.0.1:{self.temporal_port}"

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Runs `docker/stack.sh`, with `variables` over the stack's own, and returns how it ended."""
        return subprocess.run(
            [str(COMMAND), *arguments],
            env={**os.environ, **self.variables, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def must(self, *arguments: str, **variables: str) -> str:
        """Runs `docker/stack.sh`, which must succeed, and returns what it printed."""
        ended = self.run(*arguments, **variables)
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout

    def container(self, service: str) -> str:
        """Returns the id of a service's container, running or not."""
        found = docker(
            "ps", "--all", "--quiet", "--no-trunc",
            "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        )  # fmt: skip
        assert len(found.split()) == 1, f"{service}: {found!r}"
        return found

    def state(self, service: str) -> dict[str, Any]:
        """Returns the state of a service's container."""
        found: dict[str, Any] = inspect(self.container(service))["State"]
        return found

    def sigkill(self, *services: str) -> None:
        """SIGKILLs the first process of services at once, from outside: to Docker a crash, not a stop."""
        for pid in [self.state(service)["Pid"] for service in services]:
            os.kill(pid, signal.SIGKILL)

    def database_url(self, role: str = "app", database: str = "app") -> str:
        """Returns the URL of a database as a role sees it from this host."""
        password = (self.secrets / f"{role}_password").read_text()
        return f"postgresql+psycopg://{role}:{password}@127.0.0.1:{self.postgres_port}/{database}"

    def store(self) -> Engine:
        """Returns the application's database."""
        return create_engine(self.database_url(), pool_pre_ping=True)

    def environment(self, task_queue: str) -> dict[str, str]:
        """Returns the variables of a worker or script on this host."""
        return {
            **worker_environment(self.address, self.folder),
            "DATABASE_URL": self.database_url(),
            "TASK_QUEUE": task_queue,
        }

    async def client(self) -> Client:
        """Returns a connection to Temporal; waits up to a minute for it."""
        return await connect(ConnectionSettings(address=self.address), patience=60)
