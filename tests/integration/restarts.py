"""Kills a target's engine and starts it again on the same files and ports."""

import asyncio

from temporal.chaos.targets.embedded import EmbeddedTarget


def kill_engine(target: EmbeddedTarget) -> None:
    """SIGKILLs the engine and returns once it is gone."""
    process = target.engine.process()
    assert process is not None
    process.kill()
    process.wait()


async def start_engine(target: EmbeddedTarget) -> None:
    """Starts the engine again and returns once it answers."""
    await asyncio.to_thread(target.engine.start)
