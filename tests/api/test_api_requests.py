import asyncio

import pytest

from temporal.chaos.observation import until
from tests.api.api_client import Api, asked, assert_problem, decided, ended, name, opened

pytest_plugins = ["tests.api.api_fixtures"]

BODY = {"title": "Pay invoice 4711", "details": {"amount": "12.00"}, "policy": {"four_eyes": True}}


async def test_a_request_can_be_looked_at_under_its_location(api: Api) -> None:
    who = name("ana")
    ana = await api.caller(who)

    made = await ana.post("/approvals", json=BODY)
    shown = (await ana.get(made.headers["location"])).json()

    assert made.status_code == 201
    assert (shown["title"], shown["requester"], shown["details"]) == (BODY["title"], who, BODY["details"])
    assert shown["policy"]["trust"] == "authenticated"
    assert shown["may_decide"] is False


async def test_the_same_key_and_body_make_one_request(api: Api) -> None:
    ana = await api.caller(name("ana"))
    key = {"Idempotency-Key": "invoice-4711"}

    first = await ana.post("/approvals", json=BODY, headers=key)
    again = await ana.post("/approvals", json=BODY, headers=key)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


async def test_ten_requests_at_once_with_one_key_make_one(api: Api) -> None:
    ana = await api.caller(name("ana"))
    key = {"Idempotency-Key": "at-once"}

    answers = await asyncio.gather(*(ana.post("/approvals", json=BODY, headers=key) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    ana = await api.caller(name("ana"))
    await asked(ana, key="invoice")

    answer = await ana.post("/approvals", json={"title": "Other"}, headers={"Idempotency-Key": "invoice"})

    assert_problem(answer, 409, "key-reused")


async def test_the_same_key_of_another_caller_makes_another_request(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))

    assert await asked(ana, key="1") != await asked(bob, key="1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "a\nb"},
        {"title": "T", "requester": "somebody else"},
        {"title": "T", "policy": {"trust": "open"}},
        {"title": "T", "policy": {"signing_keys": {"mine": "AAAA"}}},
        {"title": "T", "policy": {"users": ["group:finance"]}},
        {"title": "T", "policy": {"users": ["ana", "ana"]}},
        {"title": "T", "policy": {"users": ["ana"], "quorum": 2}},
        {"title": "T", "timeout_seconds": -1},
        {"title": "T", "timeout_seconds": "60"},
        {"title": "T", "carried": {"opened_at": "2026-01-01T00:00:00+00:00"}},
    ],
    ids=str,
)
async def test_a_request_that_cannot_be_used_says_what_is_wrong(api: Api, body: dict[str, object]) -> None:
    ana = await api.caller(name("ana"))

    answer = await ana.post("/approvals", json=body)

    assert assert_problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize(
    "text",
    ['{"title": "T", "title": "U"}', '{"title": NaN}', '{"title": "\\ud800"}', "[" * 5_000, "{", "[]", '"x"'],
    ids=["twice", "nan", "surrogate", "deep", "cut", "list", "text"],
)
async def test_json_that_two_decoders_would_read_differently_is_refused(api: Api, text: str) -> None:
    ana = await api.caller(name("ana"))

    answer = await ana.post("/approvals", content=text, headers={"Content-Type": "application/json"})

    assert_problem(answer, 422, "invalid")


async def test_the_history_tells_what_happened_and_refusals_only_to_auditors(api: Api) -> None:
    first, second = name("bob"), name("eva")
    ana, bob, eva = await api.caller(name("ana")), await api.caller(first), await api.caller(second)
    auditor = await api.caller(name("aud"), roles=["auditor"])
    approval = await asked(ana)
    await opened(ana, approval)
    await decided(bob, approval, comment="fine")
    await decided(eva, approval, "rejected")
    await ended(api, approval)

    for_her = (await ana.get(f"/approvals/{approval}/history")).json()["events"]
    for_the_auditor = (await auditor.get(f"/approvals/{approval}/history")).json()["events"]

    assert [event["kind"] for event in for_her] == ["opened", "vote", "outcome"]
    assert [event["why"] for event in for_her][1:] == ["fine", "fine"]
    assert for_her[1]["payload_digest"] == for_her[2]["payload_digest"] != ""
    assert [event["who"] for event in for_the_auditor if event["kind"] == "refusal"] == [second]


async def test_a_vote_shows_in_the_history_before_the_outcome_is_recorded(api: Api) -> None:
    who = name("bob")
    ana, bob = await api.caller(name("ana")), await api.caller(who)
    approval = await asked(ana, policy={"quorum": 2})
    await opened(ana, approval)
    await decided(bob, approval)

    events = (await ana.get(f"/approvals/{approval}/history")).json()["events"]

    assert [(event["kind"], event["who"]) for event in events][1:] == [("vote", who)]


async def test_what_temporal_has_forgotten_is_answered_from_the_record(api: Api) -> None:
    who, voter = name("ana"), name("bob")
    ana, bob, eva = await api.caller(who), await api.caller(voter), await api.caller(name("eva"))
    approval = await asked(ana, key="forgotten")
    first = await decided(bob, approval, key="once", comment="fine")
    await ended(api, approval)
    client = api.context.temporal.client
    await api.forget(approval)

    async def forgotten() -> bool:
        return not [found async for found in client.list_workflows(f"WorkflowId = '{approval}'")]

    await until("the workflow is forgotten", forgotten)
    again = await decided(bob, approval, key="once", comment="fine")
    shown = (await ana.get(f"/approvals/{approval}")).json()

    assert again.json() == first.json()
    assert (shown["decision"]["decided_by"], shown["running"]) == (voter, False)
    assert_problem(await decided(ana, approval, "rejected"), 409, "already-decided")
    assert_problem(await eva.get(f"/approvals/{approval}"), 404, "not-found")
    made_again = await ana.post("/approvals", json=BODY, headers={"Idempotency-Key": "forgotten"})
    assert_problem(made_again, 409, "key-reused")
