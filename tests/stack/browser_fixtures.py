"""pytest plugin: pages in headless Chromium.

A test module asks for it by `pytest_plugins = ["tests.stack.browser_fixtures"]`.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.stack.chromium import program


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """An empty page, wide enough for the UI to show all it has."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program())
        try:
            yield await browser.new_page(viewport={"width": 1400, "height": 1200}, timezone_id="UTC")
        finally:
            await browser.close()
