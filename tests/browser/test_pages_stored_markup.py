"""What people write is text: markup in a title, a payload, a comment or a name does nothing and is shown."""

from playwright.async_api import expect

from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite, Visitor

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2)>"
QUOTES = "\"'><svg onload=alert(3)>"
CLOSING = "</textarea></pre></details><iframe srcdoc='<script>alert(4)</script>'>"
HTMX = "<div hx-get=/inbox hx-trigger=load hx-on:click=alert(5)>"
TEMPLATE = "{{ 7 * 7 }}{% include 'base.html' %}${7*7}"
ALL = (SCRIPT, IMAGE, QUOTES, CLOSING, HTMX, TEMPLATE)

DETAILS = {
    **{f"key {markup}": markup for markup in ALL},
    "link": "javascript:alert(6)",
    "long": SCRIPT * 40,
    "rows": [{IMAGE: SCRIPT, "b": 1}, {IMAGE: QUOTES, "b": 2}],
}


async def shows_text_alone(visitor: Visitor, *texts: str) -> None:
    """Asserts that the page shows the texts, and holds no element that one of them could have made."""
    body = visitor.page.locator("body")
    for text in texts:
        await expect(body).to_contain_text(text)
    made = "iframe, svg, main img, [onerror], [onload], main script, [hx-on\\:click], a[href^=javascript]"
    assert await visitor.page.locator(made).count() == 0


async def test_markup_in_what_is_asked_is_shown_as_it_was_written(site: Site, invite: Invite) -> None:
    ana, maria = site.person(f"ana {IMAGE}"), site.person(f"maria {SCRIPT}")
    title = f"Pay {SCRIPT}{IMAGE}{QUOTES}"
    request = await site.ask(maria, title, ana, details=DETAILS)
    visitor = await invite(ana)

    await visitor.open("/inbox")
    await shows_text_alone(visitor, title, maria, ana)
    await visitor.page.get_by_role("link", name=title).click()
    await shows_text_alone(visitor, title, maria, *ALL)
    await visitor.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    await shows_text_alone(visitor, SCRIPT * 40, "javascript:alert(6)")
    assert request


async def test_markup_in_a_comment_and_an_edit_is_shown_as_it_was_written(site: Site, invite: Invite) -> None:
    ana, ben = site.person(f"ana {SCRIPT}"), site.person("ben")
    request = await site.ask(site.person("maria"), "Edit me", ana, ben, details={"a": 1}, quorum=2)
    first, second = await invite(ana), await invite(ben)
    await second.request(request)

    await first.request(request)
    await first.page.get_by_label("Comment").fill("\n".join(ALL))
    await first.page.get_by_text("Edit the payload").click()
    await first.page.get_by_label("Payload as JSON").fill('{"a": "</textarea><script>alert(7)</script>"}')
    await first.press("Approve")
    await first.sees("Your decision counts")

    await shows_text_alone(first, *ALL)
    await second.page.get_by_text("approved an edited payload").wait_for()  # by itself, through htmx
    await shows_text_alone(second, *ALL)
    await second.request(request)
    await shows_text_alone(second, *ALL, "</textarea><script>alert(7)</script>")


async def test_markup_in_a_link_s_request_is_shown_as_it_was_written(site: Site, invite: Invite) -> None:
    ana = site.person(f"ana {IMAGE}")
    request = await site.ask(site.person("maria"), f"Pay {QUOTES}", ana, details=DETAILS)
    visitor = await invite(None)

    await visitor.page.goto(await site.link(request, ana))

    await shows_text_alone(visitor, f"Pay {QUOTES}", f"You decide as {ana}", *ALL)


async def test_the_check_itself_sees_a_violation_of_the_policy(site: Site, invite: Invite) -> None:
    visitor = await invite(site.person("ana"))
    await visitor.open("/inbox")

    await visitor.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))"
    )
    await visitor.page.evaluate("new Promise((done) => setTimeout(done))")

    assert any("policy violated" in fault for fault in visitor.faults)
    visitor.faults.clear()
