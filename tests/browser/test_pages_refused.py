"""Decisions that were refused: told to who sent them, and to auditors in the timeline."""

from playwright.async_api import expect

from temporal.chaos.observation import until
from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.test_pages_conflict import HIDDEN
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS


async def test_an_auditor_sees_refusals_in_the_timeline_and_an_approver_does_not(
    site: Site, invite: Invite
) -> None:
    ana, ben, maria = site.person("ana"), site.person("ben"), site.person("maria")
    request = await site.ask(maria, "Wire the money", ana, ben, quorum=2)
    reader = await invite(None)
    await reader.page.goto(await site.link(request, ana))
    await site.decide(ana, request, "approved", "fine")
    await reader.press("Reject")
    await reader.page.get_by_role("alert").wait_for()
    auditor, approver = await invite(site.person("aud"), "auditor"), await invite(ben)

    await auditor.request(request)
    await approver.request(request)

    refusal = auditor.page.locator(".timeline li").filter(has_text=f"Refused: a decision by {ana}")
    await expect(refusal).to_have_count(1)
    await expect(refusal).to_contain_text("by a signed link")
    await expect(refusal.locator("blockquote")).to_contain_text(f"{ana} has already approved it")
    await expect(refusal.locator("time")).to_have_count(1)
    told = await auditor.page.locator(".timeline li strong").all_inner_texts()
    assert told == [f"{maria} asked", f"{ana} approved", f"Refused: a decision by {ana}"]
    await approver.sees(f"{ana} approved")
    await expect(approver.page.get_by_text("Refused")).to_have_count(0)


async def test_a_decision_after_the_timeout_is_told_that_the_time_had_run_out(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    visitor = await invite(ana)
    await visitor.context.add_init_script(HIDDEN)
    request = await site.ask(site.person("maria"), "Before noon", ana, timeout_seconds=6)
    await visitor.request(request)
    await visitor.page.get_by_label("Comment").fill("I was at lunch")

    async def timed_out() -> bool:
        return (await site.decision(ana, request)).get("decided_by") == "timeout"

    await until("the time has run out", timed_out)
    posted = visitor.page.expect_response(lambda response: "/inbox/decide/" in response.url)
    async with posted as answered:
        await visitor.press("Approve")

    assert (await answered.value).status == 410
    alert = visitor.page.get_by_role("alert").filter(has_text="Its time had run out")
    await expect(alert).to_contain_text("I was at lunch")
    await visitor.sees("Its time ran out: rejected by itself")
    await expect(visitor.page.get_by_role("button", name="Approve")).to_have_count(0)
    decision = await site.decision(ana, request)
    assert decision == decision | {"outcome": "rejected", "decided_by": "timeout"}
