"""What befalls a whole stack, or the network of one container, and how a test sees that it is over."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from temporal.chaos.observation import Handle, until
from tests.stack.compose_stack import PATIENCE_SECONDS, Stack, docker

NSENTER = shutil.which("nsenter") or "nsenter"

SERVICES = ("postgresql", "temporal-server", "temporal-ui", "worker")
"""Every service of the stack with the profile `app`."""


def starts(stack: Stack, *services: str) -> dict[str, str]:
    """Returns when each service was started last."""
    return {service: stack.state(service)["StartedAt"] for service in services}


async def back(stack: Stack, started: Mapping[str, str]) -> None:
    """Waits until Docker has started every one of the services again and all are healthy."""
    for service, before in started.items():

        async def healthy_again(service: str = service, before: str = before) -> bool:
            state = stack.state(service)
            return bool(state["StartedAt"] != before and state["Health"]["Status"] == "healthy")

        await until(f"{service} is back", healthy_again)


async def tried_again(handle: Handle) -> None:
    """Waits until the server has given up the workflow's activity and counts another attempt."""

    async def reached() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(activity.attempt > 1 for activity in pending)

    await until(f"an activity of {handle.id} is tried again", reached)


@contextmanager
def unplugged(stack: Stack, service: str) -> Iterator[None]:
    """Takes a container off its network: it has no address, and what it sends fails at once."""
    network, container = f"{stack.project}_stack", stack.container(service)
    docker("network", "disconnect", network, container)
    try:
        yield
    finally:
        docker("network", "connect", "--alias", service, network, container)


@contextmanager
def silenced(stack: Stack, service: str) -> Iterator[None]:
    """Drops every packet of a container, both ways: its connections stay open and nothing answers."""
    namespace = f"/proc/{stack.state(service)['Pid']}/ns/net"

    def rule(change: str, chain: str) -> None:
        subprocess.run(
            [NSENTER, f"--net={namespace}", "iptables", change, chain, "--jump", "DROP"],
            check=True,
            timeout=PATIENCE_SECONDS,
        )

    for chain in ("INPUT", "OUTPUT"):
        rule("--append", chain)
    try:
        yield
    finally:
        for chain in ("INPUT", "OUTPUT"):
            rule("--delete", chain)
