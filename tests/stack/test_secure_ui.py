"""The secured stack's Temporal UI in Chromium: it opens for a token, and for nobody else."""

import uuid

import pytest
from playwright.async_api import Error, async_playwright

from tests.stack.chromium import program
from tests.stack.secure_stack import SecureStack
from tests.stack.shown import shows

pytest_plugins = ["tests.stack.secure_fixtures"]
pytestmark = pytest.mark.browser


async def test_a_browser_with_a_readers_token_sees_a_workflow(secure: SecureStack) -> None:
    client = await secure.client()
    workflow = await client.start_workflow("Nobodys", id=f"seen-{uuid.uuid4().hex}", task_queue="nobodys")
    url = f"http://127.0.0.1:{secure.ui_port}/namespaces/default/workflows/{workflow.id}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program())
        try:
            person = await browser.new_context(
                http_credentials={"username": "ana", "password": secure.token("reader")}
            )
            page = await person.new_page()
            await page.goto(url)
            await shows(page, workflow.id, "Nobodys", "No workers polling")

            stranger = await (await browser.new_context()).new_page()
            with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
                await stranger.goto(url)
        finally:
            await browser.close()
