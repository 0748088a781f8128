"""A thousand requests that wait for one person: the inbox opens, and its pages hold each of them once."""

import asyncio
import re
import time

import pytest
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from services.api.approvals.found import TITLE
from services.api.pages.inbox import PAGE_SIZE
from temporal.chaos.observation import until
from temporal.messages import search_attributes
from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import Invite

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

MANY = 1_000
AT_ONCE = 20


async def make_many(site: Site, approver: str) -> set[str]:
    """Makes requests that look to the server as those do that wait, and returns their titles.

    On a queue that nobody polls: lists come from the server's visibility and ask no worker.
    """
    attributes = TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.WORKFLOW_PHASE, ApprovalPhase.PENDING.value),
            SearchAttributePair(search_attributes.APPROVAL_REQUESTER, site.person("maria")),
            SearchAttributePair(search_attributes.APPROVAL_APPROVERS, [approver]),
        ]
    )
    places = asyncio.Semaphore(AT_ONCE)

    async def make(number: int) -> str:
        title = f"Request {number:04}"
        async with places:
            await site.client.start_workflow(
                ApprovalWorkflow.run,
                ApprovalRequest(title=title, requester=site.person("maria")),
                id=site.person(f"many-{number}"),
                task_queue="nobody",
                memo={TITLE: title},
                search_attributes=attributes,
            )
        return title

    return set(await asyncio.gather(*(make(number) for number in range(MANY))))


@pytest.mark.timeout(600)  # the thousand are made one by one
async def test_the_inbox_opens_and_leads_to_each_of_a_thousand_waiting_requests(
    site: Site, invite: Invite
) -> None:
    ana = site.person("ana")
    made = await make_many(site, ana)

    async def all_there() -> bool:
        query = f"ApprovalApprovers = '{ana}'"
        return (await site.client.count_workflows(query)).count == MANY

    await until("the server's visibility has all of them", all_there)
    visitor = await invite(ana)

    began = time.perf_counter()
    await visitor.open("/inbox")
    await visitor.page.locator(".row").first.wait_for()
    print(f"inbox of {MANY} waiting requests, opened in Chromium: {time.perf_counter() - began:.3f} s")

    assert await visitor.page.locator(".row").count() == PAGE_SIZE
    found: list[str] = []
    while True:
        found += await visitor.page.locator(".row h2").all_inner_texts()
        older = visitor.page.get_by_role("link", name="Older")
        if not await older.count():
            break
        address = await older.get_attribute("href")
        await visitor.open(address or "")
    assert len(found) == MANY
    assert set(found) == made
    await visitor.page.get_by_role("link", name="Newest").click()
    assert re.search(r"Request \d{4}", await visitor.page.locator(".row h2").first.inner_text())
