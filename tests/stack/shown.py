"""What a page of the UI shows, and screenshots of it."""

import re
from pathlib import Path

from playwright.async_api import Error, Page

from temporal.chaos.observation import until
from tests.stack.compose_stack import ROOT

ARTIFACTS = ROOT / "artifacts"
"""Where CI picks up what a run has to show; git ignores it."""

LOOK_MILLISECONDS = 5000
"""How long one look at one frame may take."""


async def text_of(page: Page) -> str:
    """Returns all that the page shows, with single spaces: the UI renders Markdown in frames of their own."""
    texts = [await frame.locator("body").inner_text(timeout=LOOK_MILLISECONDS) for frame in page.frames]
    return re.sub(r"\s+", " ", " ".join(texts))


async def shows(page: Page, *wanted: str) -> None:
    """Waits until the page shows every text.

    Raises:
        CommandError: It does not; names the texts and the page.
    """

    async def all_there() -> bool:
        try:
            text = await text_of(page)
        except Error:  # a frame was replaced while it was read
            return False
        return all(one in text for one in wanted)

    await until(f"{page.url} shows {wanted}", all_there)


async def keep(page: Page, name: str) -> Path:
    """Writes a screenshot of the whole page to the artifacts and returns its path."""
    file = ARTIFACTS / f"{name}.png"
    await page.screenshot(path=file, full_page=True)
    return file
