"""pytest plugin: the pages on a real engine, and browsers to look at them with.

A test module asks for it by `pytest_plugins = ["tests.browser.site_fixtures"]` and `pytestmark = MARKS`. Its
tests share one site and one Chromium; each has people and browser windows of its own. After each test, every
window must have been without a fault: no error, no dialog, no violation of the content security policy.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from temporal.engine import Engine
from tests.browser.site import Site, open_site
from tests.browser.visitors import Invite
from tests.stack.chromium import program

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_site(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The pages, with a store and a task queue of the module's own."""
    async with open_site(shared_engine, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program())
        try:
            yield browser
        finally:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(module_site: Site) -> Site:
    """The pages, with people of the test's own."""
    return module_site.with_other_people()


@pytest_asyncio.fixture(loop_scope="module")
async def invite(browser: Browser, site: Site) -> AsyncIterator[Invite]:
    """Opens browser windows, and asserts in the end that none had a fault."""
    invite = Invite(browser, site)
    yield invite
    faults = invite.faults
    await invite.close()
    assert faults == []
