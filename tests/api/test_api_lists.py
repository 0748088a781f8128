from collections.abc import Callable

import httpx
import pytest

from services.api.approvals.found import may_see
from services.api.approvals.listing import Scope, listing, query_of
from services.api.identity import Identity, identity_of
from services.api.problems import Problem
from temporal.chaos.observation import until
from temporal.messages.approval import ApprovalPhase
from tests.api.api_client import Api, asked, assert_problem, decided, ended, name

pytest_plugins = ["tests.api.api_fixtures"]

HOSTILE = (
    "x' OR WorkflowType = 'ApprovalWorkflow",
    "x') OR (ApprovalRequester != '",
    "x`; DROP TABLE executions; --",
    "%",
    "*",
    "naïve ☃ %s ${x}",
)


async def listed(client: httpx.AsyncClient, **query: str | int) -> list[str]:
    answer = await client.get("/approvals", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def listed_soon(
    client: httpx.AsyncClient, wanted: list[str], without: tuple[str, ...] = (), **query: str | int
) -> None:
    """Waits until a list shows what is wanted; what is not must never have been in it."""

    async def there() -> bool:
        shown = await listed(client, **query)
        assert not set(without) & set(shown)
        return set(wanted) <= set(shown)

    await until(f"the list {query} shows {len(wanted)}", there)


async def test_each_list_shows_what_it_says(api: Api) -> None:
    group, who = name("finance"), name("ana")
    ana = await api.caller(who)
    bob = await api.caller(name("bob"), groups=[group])
    waits = await asked(ana, policy={"groups": [group]})
    done = await asked(ana, policy={"groups": [group]})
    await decided(bob, done)
    await ended(api, done)

    await listed_soon(ana, [waits, done], scope="requested")
    await listed_soon(bob, [waits, done], scope="mine", limit=200)
    await listed_soon(bob, [done], (waits,), scope="mine", phase="completed", limit=200)
    await listed_soon(bob, [waits], scope="mine", phase="pending", limit=200)
    assert await listed(await api.caller(name("mal")), scope="requested") == []


async def test_an_item_says_what_it_is_without_a_worker(api: Api) -> None:
    who = name("ana")
    ana = await api.caller(who)
    approval = await asked(ana, "Deploy 2.4", timeout_seconds=3600)

    await listed_soon(ana, [approval], scope="requested", phase="pending")
    [item] = (await ana.get("/approvals", params={"scope": "requested"})).json()["items"]

    assert (item["title"], item["requester"], item["running"]) == ("Deploy 2.4", who, True)
    assert item["deadline"] > item["started_at"]


async def test_pages_hold_everything_once(api: Api) -> None:
    ana = await api.caller(name("ana"))
    made = [await asked(ana, f"number {number}") for number in range(5)]
    await listed_soon(ana, made, scope="requested")

    seen, page = [], ""
    for _ in range(10):
        answer = (await ana.get("/approvals", params={"scope": "requested", "limit": 2, "page": page})).json()
        seen += [item["id"] for item in answer["items"]]
        if not (page := answer["next_page"]):
            break

    assert sorted(seen) == sorted(made)


async def test_a_page_of_another_list_or_a_made_up_one_is_refused(api: Api) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    made = [await asked(ana) for _ in range(2)]
    await listed_soon(ana, made, scope="requested")
    first = await ana.get("/approvals", params={"scope": "requested", "limit": 1})
    page = first.json()["next_page"]

    for client, query in (
        (bob, {"scope": "requested", "page": page}),
        (ana, {"scope": "mine", "page": page}),
        (ana, {"scope": "requested", "page": "AAAA" + page[4:]}),
        (ana, {"scope": "requested", "page": "é"}),
    ):
        assert_problem(await client.get("/approvals", params=query), 422, "invalid")


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_name_cannot_say_more_than_its_value_in_a_query(api: Api, hostile: str) -> None:
    others = await api.caller(name("ana"))
    theirs = await asked(others, policy={"users": [name("bob")]})
    await listed_soon(others, [theirs], scope="requested")
    subject = f"{hostile} {name()}"
    caller = await api.caller(subject, groups=[subject])
    own = await asked(caller, policy={"users": [subject]})

    await listed_soon(caller, [own], (theirs,), scope="requested")
    await listed_soon(caller, [own], (theirs,), scope="mine", limit=200)
    await listed_soon(caller, [own], (theirs,), scope="all", limit=200)


@pytest.mark.parametrize("alike", [str.upper, str.title, "x♡{}".format, "group:{}".format])
async def test_who_is_called_alike_does_not_see_what_is_another_ones(
    api: Api, alike: Callable[[str], str]
) -> None:
    who = name("bob")
    theirs = await asked(await api.caller(name("ana")), policy={"users": [who]})
    await listed_soon(await api.caller(who), [theirs], scope="mine", limit=200)
    stranger = Identity(alike(who), (alike(who),))

    for scope in Scope:
        found = await listing(api.context, stranger, scope, limit=200)
        assert theirs not in [item.id for item in found.items]


@pytest.mark.parametrize("unsearchable", ["x\\y", 'x" OR "anyone'])
async def test_a_name_that_visibility_would_misread_is_nobodys(api: Api, unsearchable: str) -> None:
    ana = await api.caller(name("ana"))
    nobody = {"sub": unsearchable}
    asks = {"title": "T", "policy": {"users": [unsearchable]}}

    with pytest.raises(Problem) as refused:
        identity_of(nobody, "groups", "roles")

    assert refused.value.status == 401
    assert identity_of({"sub": "a", "groups": [unsearchable, "b"]}, "groups", "roles").groups == ("b",)
    assert_problem(await ana.post("/approvals", json=asks), 422, "invalid")


async def test_an_auditor_lists_everything(api: Api) -> None:
    ana = await api.caller(name("ana"))
    auditor = await api.caller(name("aud"), roles=["auditor"])
    approval = await asked(ana, policy={"users": [name("bob")]})

    async def there() -> bool:
        return approval in await listed(auditor, scope="all", limit=200)

    await until("the auditor sees it", there)


def test_a_list_asks_for_no_more_than_may_be_seen() -> None:
    query = query_of(Identity("ana", ("finance",)), Scope.ALL, ApprovalPhase.PENDING)

    assert "ApprovalApprovers IN ('ana', 'anyone', 'group:finance')" in query
    assert "ApprovalRequester = 'ana'" in query
    assert may_see(Identity("ana"), "bob", frozenset({"ana"}))
    assert not may_see(Identity("ana"), "bob", frozenset({"group:ana"}))
