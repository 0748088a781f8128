"""What waits for somebody: the requests on which their word still counts, and no others."""

import httpx
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from services.api.identity import SESSION_COOKIE
from temporal.activities.approvals import ApprovalActivities
from temporal.chaos.observation import until
from temporal.messages import search_attributes
from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.decide import approval_id
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.store.effects import EffectRecord
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.activity_attempts import an_attempt
from tests.api.api_client import Api, asked, decided, name, opened
from tests.api.test_api_lists import listed, listed_soon

pytest_plugins = ["tests.api.api_fixtures"]


async def waits(client: httpx.AsyncClient, *wanted: str, without: tuple[str, ...] = ()) -> None:
    """Waits until requests are among those that wait for somebody; others must never have been."""
    await listed_soon(client, list(wanted), without, scope="mine", phase="pending", limit=200)


async def not_waiting(client: httpx.AsyncClient, approval: str) -> None:
    """Waits until a request is not among those that wait for somebody."""

    async def gone() -> bool:
        return approval not in await listed(client, scope="mine", phase="pending", limit=200)

    await until(f"{approval} does not wait any more", gone)


async def test_a_request_waits_no_more_for_who_has_voted_and_goes_on_waiting_for_others(api: Api) -> None:
    group = name("finance")
    ana = await api.caller(name("ana"))
    bob = await api.caller(name("bob"), groups=[group])
    cleo = await api.caller(name("cleo"), groups=[group])
    approval = await asked(ana, policy={"groups": [group], "quorum": 2})
    await opened(ana, approval)
    await waits(bob, approval)

    await decided(bob, approval)

    await not_waiting(bob, approval)
    await waits(cleo, approval)
    await listed_soon(
        bob, [approval], scope="mine", limit=200
    )  # the list without a phase is a record, not a to-do list


async def test_an_early_vote_counts_as_one_here_too(api: Api) -> None:
    who = name("bob")
    ana, bob = await api.caller(name("ana")), await api.caller(who)
    early = await asked(ana, policy={"users": [who, name("cleo")], "quorum": 2})
    later = await asked(ana, policy={"users": [who]})

    await decided(bob, early)  # mostly before the worker has validated it

    await waits(bob, later)
    await not_waiting(bob, early)


async def test_ones_own_request_waits_for_oneself_except_under_four_eyes(api: Api) -> None:
    group = name("finance")
    ana = await api.caller(name("ana"), groups=[group])
    bob = await api.caller(name("bob"), groups=[group])
    guarded = await asked(ana, policy={"groups": [group], "four_eyes": True})
    free = await asked(ana, policy={"groups": [group]})

    await waits(bob, guarded, free)

    # From the first moment on: the API says so when it starts the workflow.
    await waits(ana, free, without=(guarded,))
    await listed_soon(ana, [guarded], scope="requested", phase="pending")


async def test_the_same_person_in_other_letters_has_voted_too(api: Api) -> None:
    who = name("Bob")
    ana, bob, shouting = await api.caller(name("ana")), await api.caller(who), await api.caller(who.upper())
    approval = await asked(ana, policy={"users": [who, who.upper(), name("cleo")], "quorum": 2})
    await waits(shouting, approval)

    await decided(bob, approval)

    await not_waiting(shouting, approval)


async def test_pages_of_what_waits_are_full_though_much_of_the_list_is_settled(api: Api) -> None:
    group = name("finance")
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"), groups=[group])
    made = [await asked(ana, policy={"groups": [group], "quorum": 2}) for _ in range(6)]
    for approval in made[1::2]:
        await decided(bob, approval)
        await not_waiting(bob, approval)
    waiting = made[0::2]
    await waits(bob, *waiting)

    pages: list[list[str]] = []
    page = ""
    while True:
        query = {"scope": "mine", "phase": "pending", "limit": "2", "page": page}
        answer = (await bob.get("/approvals", params=query)).json()
        pages.append([item["id"] for item in answer["items"] if item["id"] in made])
        if not (page := answer["next_page"]):
            break

    assert sorted(item for items in pages for item in items) == sorted(waiting)
    assert len(pages[0]) == 2  # the newest ones; others' open requests to anyone are older


async def test_what_is_decided_waits_no_more_though_its_requester_is_not_told_yet(api: Api) -> None:
    who, requester = name("bob"), name("ana")
    bob = await api.caller(who)
    handles = [
        await api.context.temporal.client.start_workflow(
            ApprovalWorkflow.run,
            ApprovalRequest(title="T", requester=requester),
            id=name("held"),
            task_queue=name("nobody"),  # as one whose last notification cannot go out
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(search_attributes.WORKFLOW_PHASE, ApprovalPhase.PENDING.value),
                    SearchAttributePair(search_attributes.APPROVAL_REQUESTER, requester),
                    SearchAttributePair(search_attributes.APPROVAL_APPROVERS, [who]),
                ]
            ),
        )
        for _ in range(2)
    ]
    [decided_one, open_one] = handles
    await waits(bob, *(handle.id for handle in handles))

    decision = RecordDecisionInput(
        approval_id=approval_id(decided_one.id, decided_one.result_run_id or ""),
        title="T",
        requester=requester,
        outcome=Outcome.APPROVED,
        decided_by=who,
    )
    an_attempt().run(ApprovalActivities(EffectRecord(api.target.store, "test")).record_decision, decision)

    waiting = await listed(bob, scope="mine", phase="pending", limit=200)
    assert (open_one.id in waiting, decided_one.id in waiting) == (True, False)
    for handle in handles:
        await handle.terminate()


async def test_the_inbox_shows_the_same(api: Api) -> None:
    group = name("finance")
    who = name("bob")
    ana, bob = await api.caller(name("ana")), await api.caller(who, groups=[group])
    title = name("Pay invoice")
    approval = await asked(ana, title, policy={"groups": [group], "quorum": 2})
    other = await asked(ana, f"{title}, the other", policy={"groups": [group], "quorum": 2})
    await waits(bob, approval, other)
    await decided(bob, approval)
    await not_waiting(bob, approval)
    browser = await api.anybody(Cookie=f"{SESSION_COOKIE}={api.token(who, groups=[group])}")

    page = await browser.get("/inbox")

    assert page.status_code == 200
    assert f"{title}, the other" in page.text
    assert f"{title}<" not in page.text.replace("\n", "")
