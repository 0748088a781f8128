"""The chaos report in Chromium: it shows its figures and pictures, and fits a phone."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Request

from temporal.chaos.invariants import INVARIANTS
from temporal.chaos.report.folder import write_report
from tests.made_campaign import FACTS, a_campaign
from tests.stack.shown import keep

pytest_plugins = ["tests.stack.browser_fixtures"]
pytestmark = pytest.mark.browser

PHONE_WIDTH = 390

WIDEST = "Math.max(...[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right))"
"""How far to the right anything reaches, in pixels."""


@pytest.fixture
async def report(page: Page, tmp_path: Path) -> Page:
    """The report of a campaign, opened from its file."""
    asked: list[str] = []
    page.on("request", lambda request: _note(request, asked))
    write_report(tmp_path, await a_campaign(), FACTS)
    await page.goto((tmp_path / "index.html").as_uri())
    assert asked == []  # one file: nothing is fetched
    return page


def _note(request: Request, asked: list[str]) -> None:
    if not request.url.endswith("/index.html"):
        asked.append(request.url)


async def test_the_page_shows_the_matrix_the_times_and_the_pictures(report: Page) -> None:
    assert await report.locator("#rate").inner_text() == "1 of 3 failed"
    heads = await report.locator("table.matrix thead th").all_inner_texts()
    assert heads[3:] == [invariant.NAME for invariant in INVARIANTS]
    rows = report.locator("table.matrix tbody tr")
    assert await rows.count() == 3
    assert "10.000" in await report.locator(".card", has_text="mid-sleep").first.inner_text()
    assert await report.locator("svg[aria-label^='Histogram']").count() == 2
    assert await report.locator("#timelines svg").count() == 1  # of the scenario that failed
    assert await report.locator("#landed tbody tr").count() == 2
    assert "longest 0.250 s" in await report.locator(".drain").first.inner_text()
    assert "left behind: process 17" in await report.locator("details[open]").inner_text()
    await keep(report, "chaos-report-wide")


async def test_on_a_phone_nothing_lies_outside_the_page(report: Page) -> None:
    await report.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    for details in await report.locator("details").all():
        await details.evaluate("details => { details.open = true }")
    assert await report.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    assert await report.evaluate(WIDEST) <= PHONE_WIDTH
    await keep(report, "chaos-report-phone")


async def test_what_a_name_says_is_shown_and_not_run(report: Page) -> None:
    assert "with <a name> & more" in await report.locator("#landed").inner_text()
    assert await report.locator("a").count() == 0
