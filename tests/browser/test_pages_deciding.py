"""Deciding on the page: what a person does there is what the workflow, its result and the audit have."""

from temporalio.client import WorkflowHandle

from temporal.messages.approval import ApprovalResult
from temporal.messages.decision import Outcome
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS


async def result_of(site: Site, request: str) -> ApprovalResult:
    handle: WorkflowHandle[ApprovalWorkflow, ApprovalResult] = site.client.get_workflow_handle(
        request, result_type=ApprovalResult
    )
    return await handle.result()


async def test_a_person_finds_a_request_in_the_inbox_and_approves_it_with_a_comment(
    site: Site, invite: Invite
) -> None:
    ana, maria = site.person("ana"), site.person("maria")
    request = await site.ask(maria, "Pay invoice 4711", ana, details={"amount": 1200})
    visitor = await invite(ana)

    await visitor.open("/")
    await visitor.page.get_by_role("link", name="Pay invoice 4711").click()
    await visitor.sees("1200")
    await visitor.page.get_by_label("Comment").fill("checked\nagainst the order")
    await visitor.press("Approve")
    await visitor.sees("You approved it")

    result = await result_of(site, request)
    decision = result.decision
    assert (decision.outcome, decision.decided_by, decision.channel) == (Outcome.APPROVED, ana, "page")
    assert decision.comment == "checked\nagainst the order"
    assert decision.edited is None


async def test_a_person_rejects_a_request(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Delete staging", ana)
    visitor = await invite(ana)

    await visitor.request(request)
    await visitor.press("Reject")
    await visitor.sees("You rejected it")

    assert (await result_of(site, request)).decision.outcome is Outcome.REJECTED


async def test_a_person_approves_an_edited_payload(site: Site, invite: Invite) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Raise the limit", ana, details={"limit": 900, "days": 3})
    visitor = await invite(ana)

    await visitor.request(request)
    await visitor.page.get_by_text("Edit the payload").click()
    await visitor.page.get_by_label("Payload as JSON").fill('{"limit": 500, "days": 3}')
    await visitor.press("Approve")
    await visitor.sees("You approved it")
    await visitor.sees("What was approved")

    result = await result_of(site, request)
    assert result.details == {"limit": 500, "days": 3}
    assert result.decision.edited == {"limit": 500, "days": 3}


async def test_an_edit_that_is_no_json_is_refused_and_nothing_that_was_typed_is_lost(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    request = await site.ask(site.person("maria"), "Raise the limit", ana, details={"limit": 900})
    visitor = await invite(ana)

    await visitor.request(request)
    await visitor.page.get_by_label("Comment").fill("half of it")
    await visitor.page.get_by_text("Edit the payload").click()
    field = visitor.page.get_by_label("Payload as JSON")
    await field.fill('{"limit": 450,}')
    await visitor.press("Approve")
    await visitor.sees("This cannot be taken")

    assert await field.input_value() == '{"limit": 450,}'
    assert await field.get_attribute("aria-invalid") == "true"
    assert await visitor.page.get_by_label("Comment").input_value() == "half of it"
    await field.fill('{"limit": 450}')
    await visitor.press("Approve")
    await visitor.sees("You approved it")
    assert (await result_of(site, request)).details == {"limit": 450}


async def test_who_asked_withdraws_the_request(site: Site, invite: Invite) -> None:
    maria = site.person("maria")
    request = await site.ask(maria, "Order chairs", site.person("ana"))
    visitor = await invite(maria)

    await visitor.request(request)
    await visitor.page.get_by_text("Withdraw the request").click()
    await visitor.page.get_by_label("Reason").fill("found some")
    await visitor.press("Withdraw")
    await visitor.sees("You withdrew it")

    decision = (await result_of(site, request)).decision
    assert (decision.outcome, decision.comment) == (Outcome.WITHDRAWN, "found some")


async def test_a_second_approver_joins_the_edit_of_the_first(site: Site, invite: Invite) -> None:
    ana, ben = site.person("ana"), site.person("ben")
    request = await site.ask(site.person("maria"), "Buy it", ana, ben, details={"price": 9}, quorum=2)
    first, second = await invite(ana), await invite(ben)

    await first.request(request)
    await first.page.get_by_text("Edit the payload").click()
    await first.page.get_by_label("Payload as JSON").fill('{"price": 7}')
    await first.press("Approve")
    await first.sees("Your decision counts")
    await second.request(request)
    await second.page.get_by_label(f"As edited by {ana}").check()
    await second.press("Approve")
    await second.sees("You approved it")

    result = await result_of(site, request)
    assert result.details == {"price": 7}
    assert [vote.approver for vote in result.votes] == [ana, ben]
