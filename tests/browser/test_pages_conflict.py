"""Two people at once, or one who comes too late: the page says who won and what now."""

from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

HIDDEN = "Object.defineProperty(document, 'hidden', {value: true})"
"""Keeps a window from hearing of the other one's decision."""


async def test_of_two_browsers_the_second_hears_who_won_and_keeps_the_comment(
    site: Site, invite: Invite
) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Deploy 2.14", ana, ben)
    first, second = await invite(ana), await invite(ben)
    await second.context.add_init_script(HIDDEN)
    for visitor in (first, second):
        await visitor.request(request)

    await first.press("Approve")
    await first.sees("You approved it")
    await second.page.get_by_label("Comment").fill("not on a Friday")
    async with second.page.expect_response(lambda response: "/inbox/decide/" in response.url) as answered:
        await second.press("Reject")

    assert (await answered.value).status == 409
    alert = second.page.get_by_role("alert").filter(has_text="It was decided before")
    text = await alert.inner_text()
    assert f"Approved by {ana}" in text
    assert "not on a Friday" in text
    assert await second.page.get_by_role("button", name="Reject").count() == 0


async def test_a_decision_on_a_canceled_request_is_told_what_became_of_it(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Renew the domain", ana)
    visitor = await invite(ana)
    await visitor.context.add_init_script(HIDDEN)
    await visitor.request(request)

    await site.client.get_workflow_handle(request).cancel()
    await site.ended(request)
    async with visitor.page.expect_response(lambda response: "/inbox/decide/" in response.url) as answered:
        await visitor.press("Approve")

    assert (await answered.value).status == 410
    await visitor.sees("It is no longer open")
    await visitor.page.get_by_text("Canceled", exact=True).wait_for()


async def test_the_same_form_sent_again_is_the_same_decision(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Order coffee", ana)
    visitor = await invite(ana)
    await visitor.request(request)
    form = await visitor.page.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('form[data-while-open]')))"
    )

    statuses = []
    for _ in range(2):
        answer = await visitor.context.request.post(
            f"{site.url}/inbox/decide/{request}",
            form={**form, "outcome": "approved"},
            headers={"Sec-Fetch-Site": "same-origin"},
            max_redirects=0,
        )
        statuses.append((answer.status, answer.headers["location"].partition("?")[2]))

    assert statuses == [(303, "did=approved")] * 2


async def test_who_has_decided_sees_that_it_waits_for_others(site: Site, invite: Invite) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Hire", ana, ben, quorum=2)
    visitor = await invite(ana)

    await visitor.request(request)
    await visitor.press("Approve")

    await visitor.sees("Your decision counts")
    await visitor.sees("You approved it. It waits for others.")
    await visitor.sees("1 of 2 approvals")
