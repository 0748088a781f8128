import httpx
import pytest
from temporalio.client import WorkflowFailureError

from temporal.messages.decide import Refusal
from temporal.store.audit import AuditKind, audit_of
from tests.api.api_client import Api, asked, assert_problem, decided, ended, name

pytest_plugins = ["tests.api.api_fixtures"]


def refusals(api: Api, approval_id: str) -> list[tuple[str, str]]:
    entries = audit_of(api.target.store, approval_id)
    return [(entry.who, entry.what) for entry in entries if entry.kind is AuditKind.REFUSAL]


async def approval_id_of(client: httpx.AsyncClient, approval: str) -> str:
    shown: str = (await client.get(f"/approvals/{approval}")).json()["approval_id"]
    return shown


async def test_a_decision_ends_the_request_as_the_approver_whom_the_token_names(api: Api) -> None:
    who = name("bob")
    ana, bob = await api.caller(name("ana")), await api.caller(who)
    approval = await asked(ana, details={"amount": 12})

    answer = await decided(bob, approval, comment="checked")

    assert answer.status_code == 200
    assert answer.json()["verdict"] == "decided"
    result = await ended(api, approval)
    assert (result.decision.outcome, result.decision.decided_by) == ("approved", who)
    assert (result.decision.channel, result.decision.comment) == ("api", "checked")


@pytest.mark.parametrize("after_the_end", [False, True], ids=["at-once", "after-the-end"])
async def test_a_conflicting_decision_gets_the_winner_and_is_audited(api: Api, after_the_end: bool) -> None:
    winner, loser = name("bob"), name("eva")
    ana, bob, eva = await api.caller(name("ana")), await api.caller(winner), await api.caller(loser)
    approval = await asked(ana)
    await decided(bob, approval, "approved")
    if after_the_end:
        await ended(api, approval)

    answer = await decided(eva, approval, "rejected")

    body = assert_problem(answer, 409, "already-decided")
    assert (body["decision"]["outcome"], body["decision"]["decided_by"]) == ("approved", winner)
    assert refusals(api, await approval_id_of(ana, approval)) == [(loser, Refusal.ALREADY_DECIDED)]


async def test_a_decision_after_the_timeout_gets_the_outcome(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana, timeout_seconds=0.01)
    await ended(api, approval)

    answer = await decided(bob, approval)

    body = assert_problem(answer, 410, "timed-out")
    assert (body["decision"]["outcome"], body["decision"]["decided_by"]) == ("rejected", "timeout")


async def test_a_decision_after_the_withdrawal_is_gone(api: Api) -> None:
    who = name("ana")
    ana, bob = await api.caller(who), await api.caller(name("bob"))
    approval = await asked(ana)

    withdrawn = await ana.post(f"/approvals/{approval}/withdrawal", json={"reason": "no need"})
    answer = await decided(bob, approval)

    assert withdrawn.json()["decision"]["outcome"] == "withdrawn"
    body = assert_problem(answer, 410, "closed")
    assert body["decision"]["decided_by"] == who
    assert (await ended(api, approval)).decision.comment == "no need"


async def test_a_decision_on_a_canceled_request_is_gone(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana)
    handle = api.workflow(approval)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    assert_problem(await decided(bob, approval), 410, "closed")


async def test_only_the_requester_may_withdraw(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana)

    answer = await bob.post(f"/approvals/{approval}/withdrawal", json={})

    assert_problem(answer, 403, "not-allowed")


async def test_the_requester_may_not_decide_under_four_eyes_and_is_audited(api: Api) -> None:
    who = name("ana")
    ana = await api.caller(who)
    approval = await asked(ana, policy={"four_eyes": True})

    answer = await decided(ana, approval)

    assert_problem(answer, 403, "not-allowed")
    assert refusals(api, await approval_id_of(ana, approval)) == [(who, Refusal.NOT_ALLOWED)]


async def test_who_sees_a_request_and_is_no_approver_may_not_decide(api: Api) -> None:
    ana = await api.caller(name("ana"))
    auditor = await api.caller(name("aud"), roles=["auditor"])
    approval = await asked(ana, policy={"groups": ["finance"]})

    assert_problem(await decided(auditor, approval), 403, "not-allowed")


async def test_who_may_not_see_a_request_is_told_that_there_is_none(api: Api) -> None:
    ana, stranger = await api.caller(name("ana")), await api.caller(name("mal"), groups=["sales"])
    approval = await asked(ana, policy={"groups": ["finance"]})

    answers = [
        await decided(stranger, approval),
        await stranger.get(f"/approvals/{approval}"),
        await stranger.get(f"/approvals/{approval}/history"),
        await stranger.post(f"/approvals/{approval}/withdrawal", json={}),
    ]

    for answer in answers:
        assert_problem(answer, 404, "not-found")
    assert answers[1].json() == (await stranger.get("/approvals/approval-0")).json()


async def test_a_quorum_takes_each_approver_once(api: Api) -> None:
    group = name("finance")
    ana = await api.caller(name("ana"))
    bob, eva = [await api.caller(name("who"), groups=[group]) for _ in range(2)]
    approval = await asked(ana, policy={"groups": [group], "quorum": 2})

    first = await decided(bob, approval)
    second = await decided(bob, approval)
    third = await decided(eva, approval)

    assert (first.json()["verdict"], first.json()["approvals"]) == ("counted", 1)
    assert_problem(second, 409, "already-voted")
    assert (third.json()["verdict"], third.json()["approvals"]) == ("decided", 2)


async def test_an_edited_payload_is_what_is_approved(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana, details={"amount": 1200})

    answer = await decided(bob, approval, edited={"amount": 900})

    assert answer.json()["decision"]["edited"] == {"amount": 900}
    assert (await ended(api, approval)).details == {"amount": 900}


async def test_a_decision_that_says_nothing_is_invalid(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana)

    assert_problem(await decided(bob, approval, "withdrawn"), 422, "invalid")
    assert_problem(await decided(bob, approval, "rejected", edited={"a": 1}), 422, "invalid")
    assert_problem(await decided(bob, approval, comment="x" * 10_001), 422, "invalid")


async def test_nothing_is_decided_by_get(api: Api) -> None:
    bob = await api.caller(name("bob"))
    approval = await asked(bob)

    for path in ("decisions", "withdrawal", "decisions?outcome=approved"):
        answer = await bob.get(f"/approvals/{approval}/{path}")
        assert_problem(answer, 405, "method-not-allowed")

    assert (await bob.get(f"/approvals/{approval}")).json()["decision"] is None
