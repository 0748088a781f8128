"""A Compose stack of the harness's own: its project name, ports, passwords and volumes are nobody else's."""

import asyncio
import json
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import temporal
from temporal.chaos.observation import until
from temporal.chaos.targets.environment import free_ports
from temporal.command_line import FAILED, CommandError

PATIENCE_SECONDS = 180.0
"""How long a command of the stack may take, in seconds; `up` takes 12 when the images are there."""

SERVER, DATABASE = "temporal-server", "postgresql"


class Stack:
    """The stack of docker/docker-compose.yml, by the command that `make up` runs.

    Args:
        folder: Where its passwords are kept.
        project: Its Compose project.

    Attributes:
        address: Temporal's gRPC, HOST:PORT.
    """

    def __init__(self, folder: Path, project: str) -> None:
        self._command = Path(temporal.__path__[0]).parent / "docker" / "stack.sh"
        self._project = project
        self._secrets = folder / "secrets"
        port, self._postgres_port, ui_port = free_ports(3)
        self._environment = os.environ | {
            "COMPOSE_FILE": "docker/docker-compose.yml",
            "COMPOSE_PROJECT_NAME": project,
            "COMPOSE_PROFILES": "",
            "SECRETS_DIR": str(self._secrets),
            "TEMPORAL_PORT": str(port),
            "TEMPORAL_UI_PORT": str(ui_port),
            "POSTGRES_PORT": str(self._postgres_port),
        }
        self.address = f"127.0.0.1:{port}"

    @property
    def database_url(self) -> str:
        """The application's database as this host sees it."""
        password = (self._secrets / "app_password").read_text()
        return f"postgresql://app:{password}@127.0.0.1:{self._postgres_port}/app"

    async def up(self) -> None:
        """Starts it and returns once it is healthy.

        Raises:
            CommandError: It does not start; holds the last line that was said of it.
        """
        await self._run("up")

    async def down(self) -> None:
        """Removes it with its volumes.

        Raises:
            CommandError: It cannot be removed.
        """
        await self._run("down", "--volumes")

    async def sigkill(self, services: Sequence[str]) -> list[int]:
        """SIGKILLs the first process of services at once, from outside: to Docker a crash, not a stop.

        Raises:
            CommandError: One does not run, or is not this user's to kill.
        """
        pids = [int((await self._state(service))["Pid"]) for service in services]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError as error:
                raise CommandError(f"process {pid} of the stack: {error.strerror}", FAILED) from error
        return pids

    async def starts(self, services: Sequence[str]) -> list[str]:
        """Returns when each service was started last."""
        return [str((await self._state(service))["StartedAt"]) for service in services]

    async def healthy_again(self, services: Sequence[str], since: Sequence[str]) -> None:
        """Returns once Docker has started every one of the services anew and all are healthy."""

        async def reached() -> bool:
            states = [await self._state(service) for service in services]
            return all(
                state["StartedAt"] != before and state["Health"]["Status"] == "healthy"
                for state, before in zip(states, since, strict=True)
            )

        await until(f"{' and '.join(services)} are back", reached)

    async def in_database(self, statement: str) -> None:
        """Runs a statement as PostgreSQL's superuser.

        Raises:
            CommandError: It failed.
        """
        command = ["psql", "-qv", "ON_ERROR_STOP=1", "-U", "postgres", "-c", statement]
        await docker("exec", "-u", "postgres", f"{self._project}-{DATABASE}-1", *command)

    async def _state(self, service: str) -> dict[str, Any]:
        container = f"{self._project}-{service}-1"
        return dict(json.loads(await docker("inspect", "-f", "{{json .State}}", container)))

    async def _run(self, *arguments: str) -> None:
        if not self._command.exists():
            raise CommandError("--target compose needs a checkout: there is no docker/stack.sh", FAILED)
        await run([str(self._command), *arguments], self._environment)


async def docker(*arguments: str) -> str:
    """Runs the Docker client and returns what it printed.

    Raises:
        CommandError: It failed, or there is none.
    """
    return await run([shutil.which("docker") or "docker", *arguments], dict(os.environ))


async def remove_project(project: str) -> None:
    """Removes whatever there is of a Compose project: containers, volumes, networks."""
    label = f"label=com.docker.compose.project={project}"
    with suppress(CommandError):
        for listing, removing in (
            (["ps", "--all", "--quiet"], ["rm", "--force", "--volumes"]),
            (["volume", "ls", "--quiet"], ["volume", "rm"]),
            (["network", "ls", "--quiet"], ["network", "rm"]),
        ):
            if found := (await docker(*listing, "--filter", label)).split():
                await docker(*removing, *found)


async def run(command: Sequence[str], environment: dict[str, str]) -> str:
    """Runs a program and returns what it printed.

    Raises:
        CommandError: It failed; holds the last line that it said.
    """
    name = Path(command[0]).name
    try:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", FAILED) from error
    try:
        printed, said = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    except TimeoutError:
        raise CommandError(f"{name} {command[1]}: took more than {PATIENCE_SECONDS:g} s", FAILED) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
        raise CommandError(f"{name} {command[1]}: {lines[-1]}", FAILED)
    return printed.decode().strip()
