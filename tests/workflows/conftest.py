"""Fixtures: a stage of the test's own, with its worker running or not yet; histories are replayed after."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.workflows.stage import Stage, open_stage


@pytest_asyncio.fixture
async def idle_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose worker the test starts itself."""
    async with open_stage(tmp_path) as stage:
        yield stage
        await stage.terminate()
        await stage.replay()


@pytest_asyncio.fixture
async def stage(idle_stage: Stage) -> AsyncIterator[Stage]:
    """A stage with a worker."""
    async with idle_stage.worker():
        yield idle_stage
        await idle_stage.terminate()
