"""pytest plugin: pages in headless Chromium.

A test module asks for it by `pytest_plugins = ["tests.stack.browser_fixtures"]`.
"""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""What Chromium is called on Debian, on Ubuntu, and by Google; the first found is used."""


def program() -> str:
    """Returns the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, f"no Chromium: install one of {', '.join(PROGRAMS)}"
    return found


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """An empty page, wide enough for the UI to show all it has."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program())
        try:
            yield await browser.new_page(viewport={"width": 1400, "height": 1200}, timezone_id="UTC")
        finally:
            await browser.close()
