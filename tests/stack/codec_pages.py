"""The codec server as people use it: somebody signs in to the API, and looks at what the UI then shows."""

from contextlib import suppress

from playwright.async_api import Browser, Error, Page, Response

from temporal.chaos.observation import until
from tests.stack.compose_stack import PATIENCE_SECONDS
from tests.stack.encrypted_stack import COMMENT, TITLE, Encrypted
from tests.stack.shown import text_of
from tests.stack.stack_api import token_of

LOAD_MILLISECONDS = 15_000
"""How long one load of a page of the UI may take."""


async def person(browser: Browser) -> Page:
    """Returns the page of somebody new."""
    context = await browser.new_context(viewport={"width": 1400, "height": 1200}, timezone_id="UTC")
    return await context.new_page()


async def sign_in(page: Page, encrypted: Encrypted, *roles: str) -> None:
    """Signs in to the API as a person does: with a token, on its page."""
    await page.goto(f"{encrypted.api}/login")
    await page.get_by_label("Access token").fill(token_of(encrypted.stack, "eva", *roles))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{encrypted.api}/inbox")


async def look(page: Page, encrypted: Encrypted) -> int:
    """Opens the approval in the UI and returns the status of the codec server's first answer to it."""
    answers: list[int] = []

    def heard(answer: Response) -> None:
        if answer.url.startswith(f"{encrypted.api}/codec/decode?"):
            answers.append(answer.status)

    async def loaded() -> bool:
        # Chromium drops what it loads when Docker changes a network of this host: once more then.
        with suppress(Error):
            await page.goto(encrypted.page)
            await page.get_by_role("tab", name="Event History").wait_for(timeout=LOAD_MILLISECONDS)
        return bool(answers)

    page.on("response", heard)
    await until("the UI asks the codec server", loaded, PATIENCE_SECONDS)
    page.remove_listener("response", heard)
    return answers[0]


async def told(page: Page) -> list[str]:
    """Returns which of the approval's texts the page shows."""
    text = await text_of(page)
    return [word for word in (TITLE, COMMENT) if word in text]
