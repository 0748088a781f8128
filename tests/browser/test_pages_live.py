"""Pages that keep themselves up to date: while they are looked at, and never at the cost of what is typed."""

import re

from playwright.async_api import Page, expect

from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite, Visitor

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

HIDEABLE = "Object.defineProperty(document, 'hidden', {get: () => window.away === true})"

SIGNED_OUT = "You are signed out"
NO_ANSWER = "The server does not answer"


def questions(page: Page) -> list[str]:
    """Returns the list that gets the address of every request for a live part."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/inbox/live/" in request.url else None)
    return asked


async def stopped_clock(visitor: Visitor, request: str) -> None:
    """Opens a request in a window whose timers run only when the test says so."""
    await visitor.context.add_init_script(HIDEABLE)
    await visitor.page.clock.install()
    await visitor.request(request)


async def test_a_decision_elsewhere_appears_by_itself_and_leaves_what_is_typed(
    site: Site, invite: Invite
) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Ship the release", ana, ben)
    visitor = await invite(ana)
    await visitor.request(request)
    comment = visitor.page.get_by_label("Comment")
    await comment.press_sequentially("I am still thin")

    await site.decide(ben, request, "rejected", "tests are red")

    await visitor.page.get_by_text(f"{ben} rejected", exact=True).wait_for()
    await visitor.sees("tests are red")
    await expect(visitor.page.locator("#announced")).to_have_text(f"Rejected by {ben}.")
    await expect(visitor.page).to_have_title(re.compile("Rejected"))
    await expect(comment).to_have_value("I am still thin")
    await expect(comment).to_be_focused()
    await expect(comment).not_to_be_editable()
    await expect(visitor.page.get_by_role("button", name="Approve")).to_be_disabled()


async def test_typing_goes_on_while_the_page_updates(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Ship it", ana, site.person("ben"), quorum=2)
    visitor = await invite(ana)
    await stopped_clock(visitor, request)
    comment = visitor.page.get_by_label("Comment")
    await comment.press_sequentially("first ")
    await visitor.page.get_by_text("Edit the payload").click()
    await comment.focus()

    await site.decide(site.person("ben"), request, "approved")
    await visitor.page.clock.run_for(2500)
    await visitor.sees("1 of 2 approvals")
    await comment.press_sequentially("second")

    await expect(comment).to_have_value("first second")
    await expect(visitor.page.get_by_label("Payload as JSON")).to_be_visible()


async def test_a_hidden_window_asks_nothing_and_asks_at_once_when_it_is_shown(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    visitor = await invite(ana)
    await stopped_clock(visitor, await site.ask(site.person("maria"), "Wait for it", ana))
    asked = questions(visitor.page)

    async with visitor.page.expect_response(re.compile("/inbox/live/")):
        await visitor.page.clock.run_for(2500)
    while_shown = len(asked)
    await visitor.page.evaluate("window.away = true")
    await visitor.page.clock.run_for(60_000)

    assert while_shown == 1
    assert len(asked) == while_shown
    async with visitor.page.expect_response(re.compile("/inbox/live/")):
        await visitor.page.evaluate(
            "window.away = false; document.dispatchEvent(new Event('visibilitychange'))"
        )


async def test_a_page_says_that_it_may_be_old_and_recovers(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    visitor = await invite(ana)
    await stopped_clock(visitor, await site.ask(site.person("maria"), "Lose the server", ana))
    connection = visitor.page.locator("#connection")

    await visitor.page.route("**/inbox/live/**", lambda route: route.abort())
    await visitor.page.clock.run_for(2500)
    await expect(connection).to_contain_text(NO_ANSWER)
    await visitor.page.unroute_all()
    await visitor.page.clock.run_for(2500)

    await expect(connection).to_be_hidden()
    assert all("Failed to fetch" in fault for fault in visitor.faults)
    visitor.faults.clear()  # the browser's own word for what this test did to it


async def test_an_ended_session_is_said_and_what_is_typed_stays(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    visitor = await invite(ana)
    await stopped_clock(visitor, await site.ask(site.person("maria"), "Outlast a session", ana))
    await visitor.page.get_by_label("Comment").fill("long thought")

    await visitor.context.clear_cookies()
    await visitor.page.clock.run_for(2500)

    await expect(visitor.page.locator("#connection")).to_contain_text(SIGNED_OUT)
    await expect(visitor.page.get_by_label("Comment")).to_have_value("long thought")


async def test_a_new_request_appears_in_the_inbox_and_focus_stays_where_it_is(
    site: Site, invite: Invite
) -> None:
    ana, maria = site.person("ana"), site.person("maria")
    await site.ask(maria, "The first", ana)
    visitor = await invite(ana)
    await visitor.open("/inbox")
    first = visitor.page.get_by_role("link", name="The first")
    await first.focus()

    await site.ask(maria, "The second", ana)

    await visitor.page.get_by_role("link", name="The second").wait_for()
    await expect(first).to_be_focused()
    await expect(visitor.page.locator("#announced")).to_have_text("2 waiting")
