"""A supervisor under test: what it answers to `status`, and its process."""

import asyncio
import json
import subprocess
from typing import Any

from temporal.chaos.fleet import SUPERVISOR
from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import worker_environment

State = dict[str, Any]


def status(target: EmbeddedTarget, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs `status` where the target's supervisors run."""
    return subprocess.run(
        [*SUPERVISOR, "status", *arguments],
        env=worker_environment(target.engine.address, target.folder),
        cwd=target.folder,
        capture_output=True,
        text=True,
    )


async def states(target: EmbeddedTarget) -> list[State]:
    """Returns what each supervisor answers."""
    told = await asyncio.to_thread(status, target, "--json")
    found: list[State] = json.loads(told.stdout)
    return found


async def state(target: EmbeddedTarget) -> State:
    """Returns what the only supervisor answers."""
    [found] = await states(target)
    return found


async def deaths(target: EmbeddedTarget, number: int) -> list[State]:
    """Waits until so many workers have died and what they held is released, and returns how they did."""

    async def reached() -> bool:
        found = (await state(target))["deaths"]
        return len(found) >= number and all(death["release_ms"] > 0 for death in found)

    await until(f"{number} deaths are known", reached)
    found: list[State] = (await state(target))["deaths"]
    return found
