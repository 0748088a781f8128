"""Without a mouse, and without JavaScript: everything can still be done."""

from playwright.async_api import Page, expect

from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

MOST_TABS = 40

FOCUSED = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const row = one.closest(".row");
    const outline = row ? getComputedStyle(row) : style;
    return {name: (one.labels?.[0] ?? one).textContent.trim(), seen: outline.outlineStyle !== "none"};
}"""


async def tab_to(page: Page, name: str) -> list[str]:
    """Presses Tab until the focus, always to be seen, is on what has the name; returns all that had it."""
    passed: list[str] = []
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        assert focused["seen"], f"the focus on {focused['name']!r} cannot be seen"
        passed.append(focused["name"])
        if name in focused["name"]:
            return passed
    raise AssertionError(f"{name!r} is not among {passed}")


async def test_a_request_is_found_and_approved_by_the_keyboard_alone(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Type it", ana, details={"a": 1})
    visitor = await invite(ana)
    await visitor.open("/inbox")
    keyboard = visitor.page.keyboard

    passed = await tab_to(visitor.page, "Type it")
    await keyboard.press("Enter")
    await visitor.page.wait_for_url("**/inbox/requests/**")
    on_request = await tab_to(visitor.page, "Comment")
    await keyboard.type("by hand")
    await tab_to(visitor.page, "Approve")
    await keyboard.press("Enter")
    await visitor.sees("You approved it")

    assert passed[0] == on_request[0] == "Skip to the content"
    decision = await site.decision(ana, request)
    assert decision == decision | {"decided_by": ana, "comment": "by hand"}


async def test_the_skip_link_leads_past_the_bar(site: Site, invite: Invite) -> None:
    visitor = await invite(site.person("ana"))
    await visitor.open("/inbox")

    await visitor.page.keyboard.press("Tab")
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.page.locator("main")).to_be_focused()


async def test_without_javascript_a_person_signs_in_edits_approves_and_signs_out(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "No scripts", ana, details={"a": 1})
    visitor = await invite(None, scripts=False)

    await visitor.open("/inbox")
    await visitor.page.get_by_label("Access token").fill(site.token(ana))
    await visitor.press("Sign in")
    await visitor.page.get_by_role("link", name="No scripts").click()
    await visitor.page.get_by_text("Edit the payload").click()
    await visitor.page.get_by_label("Payload as JSON").fill('{"a": 2}')
    await visitor.press("Approve")
    await visitor.sees("You approved it")
    await visitor.press("Sign out")
    await visitor.sees("You are signed out")

    decision = await site.decision(ana, request)
    assert decision == decision | {"decided_by": ana, "edited": {"a": 2}, "channel": "page"}


async def test_without_javascript_a_link_decides(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "No scripts", ana)
    visitor = await invite(None, scripts=False)

    await visitor.page.goto(await site.link(request, ana))
    await visitor.press("Reject")
    await visitor.sees("You rejected it")

    decision = await site.decision(ana, request)
    assert decision == decision | {"outcome": "rejected", "channel": "link"}
