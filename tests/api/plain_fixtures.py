"""pytest plugin: the API with nothing behind it; `pytest_plugins = ["tests.api.plain_fixtures"]`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.plain_app import App, plain_app


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The API while nothing listens where Temporal should be."""
    async with plain_app(tmp_path) as app:
        yield app
