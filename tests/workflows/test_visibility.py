"""What people see of a workflow in the Temporal UI: current details, summaries, search attributes."""

import json

from temporalio.api.common.v1 import Payload

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.decision import Outcome, Vote
from temporal.messages.durable_demo import DemoPhase, DurableDemoInput
from temporal.messages.policy import ApprovalPolicy
from temporal.workflows.approval_rules import person_key, settled_for
from temporal.workflows.visibility import KEYWORD_BYTES, SUMMARY_BYTES, shortened
from tests.workflows.deciding import approval, decide, laptop
from tests.workflows.observed import approval_in, current_details, demo_in
from tests.workflows.stage import ApprovalHandle, DemoHandle, Stage


async def summaries(handle: ApprovalHandle | DemoHandle) -> list[str]:
    """Returns the summary of every activity and timer of a history, in order."""
    history = await handle.fetch_history()
    return [
        json.loads(event.user_metadata.summary.data)
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
        or event.HasField("timer_started_event_attributes")
    ]


async def searchable(handle: ApprovalHandle | DemoHandle, name: str) -> list[object]:
    """Returns the values that a search attribute took in a history, in order."""
    payloads: list[Payload] = [
        event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields[name]
        for event in (await handle.fetch_history()).events
        if name in event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    ]
    return [json.loads(payload.data) for payload in payloads]


async def test_a_demos_activities_and_timer_have_summaries(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(work_units=2, work_unit_seconds=0, sleep_seconds=86_400))
    await handle.result()
    assert await summaries(handle) == [
        "demo-started",
        "step before-1",
        "2 units of work",
        "durable sleep of 86400 s",
        "step after-1",
        "demo-completed",
    ]


async def test_an_approvals_activities_and_timer_have_summaries(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=60)
    await handle.result()
    assert await summaries(handle) == [
        "validate the request",
        "decision deadline",
        "record: rejected by timeout",
        "tell rita",
    ]


async def test_the_current_details_follow_a_demo(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(sleep_seconds=60))
    status = await demo_in(handle, DemoPhase.SLEEPING)
    details = await current_details(handle)
    assert "**sleeping**" in details
    assert f"until {status.sleep_deadline}" in details
    await handle.result()
    assert await current_details(handle) == "**completed**"


async def test_the_current_details_follow_an_approval(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=60)
    status = await approval_in(handle, ApprovalPhase.PENDING)
    details = await current_details(handle)
    assert "**pending**" in details
    assert "a laptop, asked by rita" in details
    assert f"decides itself at {status.deadline}" in details
    await handle.signal("approve", {"approver": "ana"})
    await handle.result()
    assert "approved by ana" in await current_details(handle)


async def test_a_demo_can_be_found_by_its_lasting_phases(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(work_units=1, work_unit_seconds=0))
    await handle.result()
    assert await searchable(handle, "WorkflowPhase") == ["working", "sleeping", "completed"]


async def test_an_approval_can_be_found_by_phase_requester_and_deadline(stage: Stage) -> None:
    handle = await stage.start_approval(timeout_seconds=60)
    status = await approval_in(handle, ApprovalPhase.PENDING)
    await handle.result()
    assert await searchable(handle, "WorkflowPhase") == ["pending", "completed"]
    assert await searchable(handle, "ApprovalRequester") == ["rita"]
    assert await searchable(handle, "ApprovalDeadline") == [status.deadline]
    assert await searchable(handle, "ApprovalApprovers") == [["anyone"]]


async def test_texts_of_people_are_cut_to_what_the_server_takes(stage: Stage) -> None:
    longest = "\N{GRINNING FACE}" * 200
    handle = await stage.request_approval(
        ApprovalRequest(title=longest, requester=longest), signal="approve", payload={"approver": longest}
    )
    result = await handle.result()
    assert (result.requester, result.decision.decided_by, result.notified) == (longest, longest, True)
    assert await searchable(handle, "ApprovalRequester") == [shortened(longest, KEYWORD_BYTES)]
    assert all(len(json.dumps(summary)) <= SUMMARY_BYTES for summary in await summaries(handle))


def test_a_text_is_cut_as_little_as_possible() -> None:
    assert shortened("ana", 5) == "ana"
    assert shortened("ana", 4) == "an"
    assert shortened("\u00e9" * 9, 2 + 6 * 4) == "\u00e9" * 4
    assert shortened("", 2) == ""


async def test_a_vote_takes_an_open_request_off_the_voters_list(stage: Stage) -> None:
    policy = ApprovalPolicy(users=["Ana", "bob", "cleo", "rita"], quorum=3, four_eyes=True)
    handle = await stage.request_approval(laptop(policy), signal="approve", payload={"approver": "Ana"})
    await approval_in(handle, ApprovalPhase.PENDING)
    await decide(handle, approval("bob"))
    await decide(handle, approval("bob"))  # a retry is no news
    await handle.signal("approve", {"approver": "cleo"})
    await handle.result()
    of_rita, of_ana, of_bob = map(person_key, ("rita", "ana", "bob"))
    assert await searchable(handle, "ApprovalSettledFor") == [[of_rita, of_ana], [of_rita, of_ana, of_bob]]


async def test_one_decision_of_one_adds_nothing_to_what_can_be_found(stage: Stage) -> None:
    handle = await stage.start_approval(signal="approve", payload={"approver": "ana"})
    await handle.result()
    assert await searchable(handle, "ApprovalSettledFor") == []


def test_whom_a_request_is_settled_for_fits_into_a_search_attribute() -> None:
    votes = [Vote(decision_id=f"{n}", approver=f"{n}", outcome=Outcome.APPROVED) for n in range(1_000)]
    settled = settled_for(votes, ApprovalPolicy(four_eyes=True), "rita")
    assert settled[:2] == [person_key(" RITA "), person_key("0")]
    assert len(json.dumps(settled, separators=(",", ":"))) <= KEYWORD_BYTES
    assert len(json.dumps(settled)) <= 2048
