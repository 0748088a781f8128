"""Signing in and out, sessions that end, and ways in from other sites."""

import time

from playwright.async_api import expect

from services.api.identity import SESSION_COOKIE
from tests.browser.marks import MARKS
from tests.browser.site import HOUR, Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS


async def test_a_token_opens_a_session_that_no_script_and_no_other_site_gets(
    site: Site, invite: Invite
) -> None:
    visitor = await invite(None)

    await visitor.open("/inbox?scope=requested")
    await visitor.page.get_by_label("Access token").fill(site.token(site.person("ana")))
    await visitor.press("Sign in")
    await visitor.sees("What I asked for")

    [cookie] = await visitor.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (SESSION_COOKIE, True, "Strict")
    assert time.time() < cookie["expires"] <= time.time() + HOUR
    assert await visitor.page.evaluate("document.cookie") == ""


async def test_a_token_that_is_not_valid_is_refused_in_words(site: Site, invite: Invite) -> None:
    visitor = await invite(None)
    await visitor.open("/login")
    field = visitor.page.get_by_label("Access token")

    for token, said in (
        ("nonsense", "This token is not valid here."),
        (site.token("ana", seconds=-60), "This token has expired."),
        ("x" * 4000, "This token is too long"),
    ):
        await field.fill(token)
        await visitor.press("Sign in")
        await visitor.sees(said)
        await expect(field).to_have_attribute("aria-invalid", "true")

    assert await visitor.context.cookies() == []


async def test_whoever_follows_a_link_to_a_request_signs_in_and_is_there(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Found in a chat", ana)
    visitor = await invite(None)

    await visitor.request(request)
    await visitor.page.get_by_label("Access token").fill(site.token(ana))
    await visitor.press("Sign in")

    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Found in a chat")


async def test_a_link_on_another_site_leads_a_signed_in_person_straight_to_the_request(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Found in a mail", ana)
    visitor = await invite(ana)
    await visitor.page.set_content(f"<a href='{site.url}/inbox/requests/{request}'>look</a>")
    sites: list[str | None] = []
    visitor.page.on(
        "response", lambda answer: sites.append(answer.request.headers.get("cookie")) if not sites else None
    )

    await visitor.page.get_by_role("link", name="look").click()

    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Found in a mail")
    assert sites == [None]  # the strict cookie was left out on the way in


async def test_signing_out_ends_the_session(site: Site, invite: Invite) -> None:
    visitor = await invite(site.person("ana"))
    await visitor.open("/inbox")

    await visitor.press("Sign out")
    await visitor.sees("You are signed out")
    await visitor.open("/inbox")

    await visitor.page.get_by_label("Access token").wait_for()
    assert await visitor.context.cookies() == []


async def test_what_was_typed_when_the_session_ended_is_given_back(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Too slow", ana)
    visitor = await invite(ana)
    await visitor.request(request)
    await visitor.page.get_by_label("Comment").fill("a long and careful thought")
    await visitor.context.clear_cookies()

    await visitor.press("Approve")

    await visitor.sees("a long and careful thought")
    await visitor.page.get_by_role("link", name="Sign in").click()
    await visitor.page.get_by_label("Access token").fill(site.token(ana))
    await visitor.press("Sign in")
    await visitor.page.wait_for_url(f"**/inbox/requests/{request}")
    assert (await site.call(ana, "GET", f"/approvals/{request}"))["decision"] is None


async def test_one_who_may_not_see_a_request_sees_nothing_of_it(site: Site, invite: Invite) -> None:
    request = await site.ask(site.person("maria"), "A secret", site.person("ana"))
    stranger, auditor = await invite(site.person("eve")), await invite(site.person("otto"), "auditor")

    await stranger.request(request)
    await auditor.request(request)

    await stranger.sees("Nothing here that you may see")
    assert "A secret" not in await stranger.page.content()
    await expect(auditor.page.get_by_role("heading", level=1)).to_have_text("A secret")
    await auditor.sees("others decide on it")
