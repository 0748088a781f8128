"""Signed links: opening one decides nothing, a button does, once, and a dead link says so."""

import re

from playwright.async_api import expect

from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS


async def test_a_link_shows_the_request_and_decides_only_by_its_button(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Pay by mail", ana, details={"amount": 12})
    visitor = await invite(None)

    await visitor.page.goto(await site.link(request, ana))
    await visitor.sees(f"You decide as {ana}")
    opened = await site.decision(ana, request)
    await visitor.page.get_by_label("Comment").fill("from my phone")
    await visitor.press("Approve")
    await visitor.sees("You approved it")

    assert opened == {}
    decision = await site.decision(ana, request)
    assert decision == decision | {
        "outcome": "approved",
        "decided_by": ana,
        "comment": "from my phone",
        "channel": "link",
    }


async def test_a_used_link_shows_what_was_decided_and_has_no_buttons(site: Site, invite: Invite) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Twice", ana, ben, quorum=2)
    link = await site.link(request, ana)
    visitor, again = await invite(None), await invite(None)
    await again.page.goto(link)

    await visitor.page.goto(link)
    await visitor.press("Approve")
    await visitor.sees("Your decision counts")
    await visitor.page.goto(link)

    await visitor.sees("You approved it. It waits for others.")
    await expect(visitor.page.get_by_role("button")).to_have_count(0)
    await again.press("Reject")
    await again.page.get_by_role("alert").wait_for()
    said = await site.call(ana, "GET", f"/approvals/{request}")
    assert (said["approvals"], said["rejections"]) == (1, 0)


async def test_a_link_after_the_decision_of_another_says_who_decided(site: Site, invite: Invite) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Too late", ana, ben)
    visitor = await invite(None)
    await visitor.page.goto(await site.link(request, ana))

    await site.decide(ben, request, "rejected", "no money")
    await visitor.press("Approve")

    await expect(visitor.page.get_by_role("alert")).to_contain_text(f"Rejected by {ben}")


async def test_dead_links_say_so_and_show_nothing(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Hidden title", ana)
    link = await site.link(request, ana)
    forged = link[:-4] + ("AAAA" if not link.endswith("AAAA") else "BBBB")
    bearer = f"{site.url}/links/{site.token(ana)}"
    stranger_s = await site.link(request, site.person("eve"))
    visitor = await invite(None)

    for dead, said in (
        (forged, "This link does not work"),
        (bearer, "This link does not work"),
        (f"{site.url}/links/nonsense", "This link does not work"),
        (stranger_s, "This link does not work"),
        (site.expired_link(request, ana), "This link has expired"),
        (site.link_of_an_earlier_run(request, ana), "This request is no more"),
    ):
        await visitor.page.goto(dead)
        await expect(visitor.page.get_by_role("heading", level=1)).to_have_text(said)
        assert "Hidden title" not in await visitor.page.content()


async def test_the_token_of_a_link_opens_no_session(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    link = await site.link(await site.ask(site.person("maria"), "Only a link", ana), ana)
    visitor = await invite(None)

    await visitor.open("/login")
    await visitor.page.get_by_label("Access token").fill(link.rpartition("/")[2])
    await visitor.press("Sign in")

    await visitor.sees("This token is not valid here.")


async def test_what_a_link_s_page_loads_never_learns_the_link(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    link = await site.link(await site.ask(site.person("maria"), "Told to nobody", ana), ana)
    visitor = await invite(None)
    referrers: list[str] = []
    visitor.page.on("request", lambda request: referrers.append(request.headers.get("referer", "")))

    await visitor.page.goto(link)
    await visitor.page.get_by_role("button", name="Approve").wait_for()

    assert len(referrers) > 1
    assert not any(re.search("links", referrer) for referrer in referrers)
