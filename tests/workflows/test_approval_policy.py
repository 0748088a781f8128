"""The policy of a request: who may decide, how many it takes, what a reject does, what is approved."""

from dataclasses import replace

import pytest

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import Refusal, Verdict
from temporal.messages.decision import Outcome, payload_digest
from temporal.messages.policy import ApprovalPolicy
from tests.workflows.deciding import approval, decide, laptop, refused, rejection
from tests.workflows.observed import approval_in, approval_status
from tests.workflows.stage import ApprovalHandle, Stage

THREE = ApprovalPolicy(users=["ana", "bob", "cleo"], quorum=2)


async def opened(stage: Stage, policy: ApprovalPolicy) -> ApprovalHandle:
    handle = await stage.request_approval(laptop(policy))
    await approval_in(handle, ApprovalPhase.PENDING)
    return handle


async def test_only_the_named_users_and_members_of_the_named_groups_may_decide(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(users=["ana"], groups=["finance"], quorum=2))
    error = await refused(handle, approval("bob", groups=["Finance", "group:finance"]), Refusal.NOT_ALLOWED)
    assert error.message == "bob is not among the approvers"
    await refused(handle, approval("finance"), Refusal.NOT_ALLOWED)
    await refused(handle, approval("Ana"), Refusal.NOT_ALLOWED)
    await decide(handle, approval("bob", "d-2", groups=["hr", "finance"]))
    await decide(handle, approval("ana"))
    assert [vote.approver for vote in (await handle.result()).votes] == ["bob", "ana"]


async def test_a_quorum_decides_and_each_approver_counts_once(stage: Stage) -> None:
    handle = await opened(stage, THREE)
    first = await decide(handle, approval("ana"))
    assert (first.verdict, first.approvals, first.quorum) == (Verdict.COUNTED, 1, 2)
    await refused(handle, approval("ana", "d-2"), Refusal.ALREADY_VOTED)
    await refused(handle, rejection("ana", "d-3"), Refusal.ALREADY_VOTED)
    assert (await approval_status(handle)).approvals == 1
    last = await decide(handle, approval("cleo"))
    assert (last.verdict, last.approvals) == (Verdict.DECIDED, 2)
    result = await handle.result()
    assert (result.decision.decided_by, result.decision.decision_id) == ("cleo", "of-cleo")


async def test_a_name_in_other_letters_is_no_second_approver(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(quorum=2))
    await decide(handle, approval("ana"))
    await refused(handle, approval(" ANA ", "d-2"), Refusal.ALREADY_VOTED)
    await decide(handle, approval("anna"))
    assert (await handle.result()).decision.decided_by == "anna"


async def test_one_reject_ends_it(stage: Stage) -> None:
    handle = await opened(stage, THREE)
    await decide(handle, approval("ana"))
    answer = await decide(handle, rejection("bob", comment="too dear"))
    assert (answer.verdict, answer.approvals, answer.rejections) == (Verdict.DECIDED, 1, 1)
    decision = (await handle.result()).decision
    assert (decision.outcome, decision.decided_by, decision.comment) == (
        Outcome.REJECTED,
        "bob",
        "too dear",
    )


async def test_a_reject_that_does_not_end_it_is_outvoted(stage: Stage) -> None:
    handle = await opened(stage, replace(THREE, reject_ends=False))
    assert (await decide(handle, rejection("ana"))).verdict is Verdict.COUNTED
    await decide(handle, approval("bob"))
    await decide(handle, approval("cleo"))
    result = await handle.result()
    assert (result.decision.outcome, len(result.votes)) == (Outcome.APPROVED, 3)


async def test_as_many_rejects_as_the_quorum_end_it(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(groups=["finance"], quorum=2, reject_ends=False))
    await decide(handle, approval("ana", groups=["finance"]))
    await decide(handle, rejection("bob", groups=["finance"]))
    await decide(handle, rejection("cleo", groups=["finance"]))
    assert (await handle.result()).decision.outcome is Outcome.REJECTED


async def test_it_is_rejected_when_too_few_users_are_left_for_the_quorum(stage: Stage) -> None:
    handle = await opened(stage, replace(THREE, quorum=3, reject_ends=False))
    await decide(handle, approval("ana"))
    assert (await decide(handle, rejection("bob"))).verdict is Verdict.DECIDED
    assert (await handle.result()).decision.outcome is Outcome.REJECTED


@pytest.mark.parametrize("name", ["rita", "Rita", " RITA "])
async def test_under_four_eyes_the_requester_may_not_decide(stage: Stage, name: str) -> None:
    handle = await opened(stage, ApprovalPolicy(four_eyes=True))
    error = await refused(handle, approval(name), Refusal.NOT_ALLOWED)
    assert "four eyes" in error.message
    await handle.signal("approve", {"approver": name})
    await decide(handle, approval("ana"))
    assert (await handle.result()).decision.decided_by == "ana"
    [ignored] = (await approval_status(handle)).ignored
    assert "four eyes" in ignored.reason


async def test_without_four_eyes_the_requester_may_decide(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(users=["rita"]))
    await decide(handle, approval("rita"))
    assert (await handle.result()).decision.decided_by == "rita"


async def test_an_edited_payload_is_what_was_approved(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy())
    await refused(handle, rejection("ana", edited={"price": 800}), Refusal.INVALID)
    await refused(handle, approval("ana", edited={"x": "y" * 200_000}), Refusal.INVALID)
    await decide(handle, approval("ana", edited={"price": 800}))
    result = await handle.result()
    assert (result.details, result.decision.edited) == ({"price": 800}, {"price": 800})
    assert result.votes[0].payload_digest == payload_digest({"price": 800})
    assert (await approval_status(handle)).details == {"price": 900}


async def test_a_payload_sent_back_unchanged_is_not_edited(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy())
    await decide(handle, approval("ana", edited={"price": 900}))
    result = await handle.result()
    assert (result.decision.edited, result.votes[0].edited) == (None, None)
    assert result.votes[0].payload_digest == payload_digest({"price": 900})


async def test_approvals_of_different_payloads_do_not_add_up(stage: Stage) -> None:
    handle = await opened(stage, THREE)
    await decide(handle, approval("ana", edited={"price": 800}))
    assert (await decide(handle, approval("bob"))).verdict is Verdict.COUNTED
    error = await refused(handle, approval("cleo", edited={"price": 700}), Refusal.INVALID)
    assert error.message.startswith("edited: no payload could reach the quorum")
    await decide(handle, approval("cleo", "d-2", edited={"price": 800}))
    result = await handle.result()
    assert (result.decision.outcome, result.details) == (Outcome.APPROVED, {"price": 800})


async def test_signals_take_the_same_path(stage: Stage) -> None:
    handle = await opened(stage, ApprovalPolicy(users=["ana"], groups=["finance"], quorum=2))
    await handle.signal("approve", {"approver": "mallory"})
    await handle.signal("approve", {"approver": "ana", "decision_id": "d-1", "edited": {"price": 1}})
    await handle.signal("approve", {"approver": "ana"})
    await handle.signal("approve", {"approver": "ana", "decision_id": "d-1", "edited": {"price": 1}})
    await handle.signal("approve", {"approver": "bob", "groups": "finance"})
    await handle.signal("approve", {"approver": "bob", "groups": ["finance"], "edited": {"price": 1}})
    result = await handle.result()
    assert [(vote.approver, vote.channel) for vote in result.votes] == [("ana", "signal"), ("bob", "signal")]
    assert [vote.decision_id for vote in result.votes] == ["d-1", "signal-1"]
    assert result.details == {"price": 1}
    assert [ignored.reason for ignored in (await approval_status(handle)).ignored] == [
        "mallory is not among the approvers",
        "ana has already approved it (decision d-1)",
        "decision d-1 counts already",
        "groups: must be a list of names",
    ]
