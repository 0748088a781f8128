"""Every page, light and dark, on a desktop and on a phone: axe-core finds no barrier, nothing is too wide.

Screenshots of each are kept for people to look at.
"""

import pytest

from tests.browser.accessibility import barriers
from tests.browser.marks import MARKS
from tests.browser.scenes import scenes
from tests.browser.site import Site
from tests.browser.visitors import DESKTOP, PHONE, Invite, Scheme
from tests.stack.shown import keep

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

TAP = 24
"""The least height of what a finger must hit, in CSS pixels: WCAG 2.2, 2.5.8."""

TOO_SMALL = """(least) => [...document.querySelectorAll("button, .button, nav a, textarea, summary")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least)
    .map((one) => one.textContent)"""


@pytest.mark.timeout(600)  # eleven pages, of which axe takes a while each
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_no_page_has_a_barrier_or_is_too_wide(
    site: Site, invite: Invite, size: tuple[int, int], scheme: Scheme
) -> None:
    wrong: list[str] = []
    kind = "phone" if size == PHONE else "desktop"
    async for scene in scenes(site):
        visitor = await invite(scene.reader, size=size, scheme=scheme)
        await visitor.open(scene.path)
        width = await visitor.page.evaluate("document.documentElement.scrollWidth")
        if width > size[0]:
            wrong.append(f"{scene.name}: {width} pixels wide on {size[0]}")
        small = await visitor.page.evaluate(TOO_SMALL, TAP)
        wrong += [f"{scene.name}: too small for a finger: {text!r}" for text in small]
        await keep(visitor.page, f"approvals-{scene.name}-{kind}-{scheme}")
        for summary in await visitor.page.locator("main summary").all():
            await summary.click()
        wrong += [f"{scene.name}: {barrier}" for barrier in await barriers(visitor.page)]
        if await visitor.page.evaluate("document.documentElement.scrollWidth") > size[0]:
            wrong.append(f"{scene.name}: too wide with everything unfolded")
        await visitor.context.close()
    assert wrong == []


async def test_axe_itself_sees_a_barrier(site: Site, invite: Invite) -> None:
    visitor = await invite(None)
    await visitor.open("/login")

    await visitor.page.evaluate("document.querySelector('label').remove()")

    assert any(barrier.startswith("label:") for barrier in await barriers(visitor.page))


async def test_a_screen_reader_finds_landmarks_one_heading_and_names_for_all(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Read it to me", ana)
    visitor = await invite(ana)

    await visitor.request(request)

    for role in ("banner", "navigation", "main"):
        assert await visitor.page.get_by_role(role).count() == 1, role
    assert await visitor.page.get_by_role("heading", level=1).all_inner_texts() == ["Read it to me"]
    for region in ("State of the request", "What is asked", "Your decision", "What happened"):
        assert await visitor.page.get_by_role("region", name=region, exact=True).count() == 1, region
    assert await visitor.page.locator("#announced").get_attribute("role") == "status"
