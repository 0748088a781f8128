"""Forms that got no answer, or were too large for one: the page says so, keeps all, and sends it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from playwright.async_api import expect

from temporal.chaos.relay import Relay
from temporal.chaos.targets.environment import free_ports
from temporal.client import connect
from temporal.config import ConnectionSettings
from tests.browser.marks import MARKS
from tests.browser.site import Site, served
from tests.browser.visitors import Invite, Visitor

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS


@asynccontextmanager
async def behind_a_relay(site: Site) -> AsyncIterator[tuple[Site, Relay]]:
    """Serves the same pages once more, where the way to Temporal can be cut."""
    [port] = free_ports(1)
    settings = replace(site.settings, api=replace(site.settings.api, port=port, deadline=2.0))
    async with Relay(site.client.service_client.config.target_host) as relay:
        client = await connect(ConnectionSettings(address=relay.address), patience=10)
        async with served(settings, client):
            yield Site(settings, client), relay


async def press_for(visitor: Visitor, button: str) -> int:
    """Presses a button that sends a form, and returns the answer's status."""
    posted = visitor.page.expect_response(lambda response: response.request.method == "POST")
    async with posted as answered:
        await visitor.press(button)
    return (await answered.value).status


async def test_a_form_without_an_answer_is_kept_and_sent_again_as_the_same_decision(
    site: Site, invite: Invite
) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Cut off", ana, ben, details={"a": 1}, quorum=2)
    async with behind_a_relay(site) as (relayed, relay):
        visitor = await invite(ana)
        await visitor.page.goto(f"{relayed.url}/inbox/requests/{request}")
        await visitor.page.get_by_label("Comment").fill("from a train\nin a tunnel")
        sent = await visitor.page.locator("input[name=decision_id]").first.input_value()

        relay.cut()
        first = await press_for(visitor, "Approve")
        await visitor.sees("It is not certain that this arrived")
        await visitor.sees("Temporal does not answer.")
        await visitor.sees("in a tunnel")
        kept = await visitor.page.locator("textarea[name=decision_id]").input_value()
        again = await press_for(visitor, "Send again")
        await visitor.sees("It is not certain that this arrived")
        relay.mend()
        last = await press_for(visitor, "Send again")
        await visitor.sees("Your decision counts")

    assert (first, again, last) == (503, 503, 303)
    assert kept == sent  # else a form that did arrive would count as another decision
    said = await site.call(ana, "GET", f"/approvals/{request}")
    assert isinstance(said["votes"], list)
    [vote] = said["votes"]
    assert (vote["approver"], vote["comment"]) == (ana, "from a train\nin a tunnel")


async def test_a_form_that_is_too_large_is_answered_with_a_page(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Too long", ana)
    visitor = await invite(ana)
    await visitor.request(request)
    await visitor.page.evaluate(
        "size => { document.querySelector('textarea[name=comment]').value = 'x'.repeat(size); }",
        site.settings.api.max_body * 4,
    )

    status = await press_for(visitor, "Approve")

    assert status == 413
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Too large")
    await visitor.sees("What you sent is larger than this server takes.")
    assert await site.decision(ana, request) == {}
