"""A stack with Temporal's roles in containers of their own, by docker-compose.cluster.yml."""

import os
import signal
from pathlib import Path
from typing import Any

from temporal.chaos.observation import until
from tests.stack.compose_stack import Stack, docker, inspect

ONE_SERVER = "docker/docker-compose.yml"
CLUSTER = f"{ONE_SERVER}:docker/docker-compose.cluster.yml"

ROLES = {
    "temporal-server": 1,
    "temporal-history": 2,
    "temporal-matching": 2,
    "temporal-internal-worker": 1,
}
"""The service of each role, and how many containers it has."""


class ClusterStack(Stack):
    """A stack whose Temporal can be a cluster of six containers, or one server."""

    def __init__(self, folder: Path, project: str) -> None:
        super().__init__(folder, project)
        self.variables["COMPOSE_FILE"] = CLUSTER

    def form(self, files: str) -> None:
        """Brings the stack into a form, from whichever it has: CLUSTER or ONE_SERVER."""
        self.must("up", "--remove-orphans", COMPOSE_FILE=files)

    def members(self, service: str) -> list[str]:
        """Returns the ids of a service's containers."""
        return docker(
            "ps", "--all", "--quiet", "--no-trunc",
            "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).split()  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Returns how many containers each role has."""
        return {service: len(self.members(service)) for service in ROLES}


def state_of(container: str) -> dict[str, Any]:
    """Returns the state of a container."""
    found: dict[str, Any] = inspect(container)["State"]
    return found


def sigkill(container: str) -> None:
    """SIGKILLs a container's first process from outside: to Docker that is a crash, not a stop."""
    os.kill(state_of(container)["Pid"], signal.SIGKILL)


async def back(container: str, started: str) -> None:
    """Waits until Docker has started the container again since `started`, and it is healthy."""

    async def healthy_again() -> bool:
        state = state_of(container)
        return bool(state["StartedAt"] != started and state["Health"]["Status"] == "healthy")

    await until(f"{container} is back", healthy_again)
