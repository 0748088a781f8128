import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from services.api.approvals.decide import decide_by_link
from services.api.bodies import Choice, DecisionBody
from services.api.links import AUDIENCE, KEY_FILE, PURPOSE, TYPE, Link
from services.api.local_keys import secret_of
from services.api.problems import Problem
from tests.api.api_client import Api, asked, assert_problem, decided, ended, name, opened

pytest_plugins = ["tests.api.api_fixtures"]

APPROVE, REJECT = DecisionBody(outcome=Choice.APPROVED), DecisionBody(outcome=Choice.REJECTED)


async def link_for(api: Api, approval: str, approver: str, **body: Any) -> str:
    """Has a service make a link, and returns its token."""
    service = await api.caller(name("mailer"), roles=["service"])
    made = await service.post(f"/approvals/{approval}/links", json={"approver": approver, **body})
    assert made.status_code == 201, made.text
    url: str = made.json()["url"]
    assert url.startswith(f"{api.settings.api.base_url}/links/")
    return url.rpartition("/")[2]


async def refused_with(api: Api, link: Link, body: DecisionBody = APPROVE) -> tuple[int, str]:
    with pytest.raises(Problem) as refused:
        await decide_by_link(api.context, link, body)
    return refused.value.status, refused.value.slug


async def test_a_link_decides_once_as_the_approver_that_it_names(api: Api) -> None:
    who = name("bob")
    approval = await asked(await api.caller(name("ana")), policy={"users": [who]})
    link = api.context.links.read(await link_for(api, approval, who))

    first = await decide_by_link(api.context, link, APPROVE)
    again = await decide_by_link(api.context, link, APPROVE)

    assert again == first
    result = await ended(api, approval)
    assert (result.decision.decided_by, result.decision.channel) == (who, "link")
    assert len(result.votes) == 1
    assert await refused_with(api, link, REJECT) == (409, "decision-id-reused")


async def test_two_links_of_one_approver_are_one_vote(api: Api) -> None:
    who = name("bob")
    approval = await asked(await api.caller(name("ana")), policy={"users": [who, name("eva")], "quorum": 2})
    first, second = [api.context.links.read(await link_for(api, approval, who)) for _ in range(2)]

    await decide_by_link(api.context, first, APPROVE)

    assert await refused_with(api, second) == (409, "already-voted")


async def test_a_link_for_somebody_who_may_not_decide_decides_nothing(api: Api) -> None:
    approval = await asked(await api.caller(name("ana")), policy={"users": [name("bob")]})
    link = api.context.links.read(await link_for(api, approval, name("mal")))

    assert await refused_with(api, link) == (403, "not-allowed")


async def test_a_link_of_one_request_does_not_decide_another_under_the_same_id(api: Api) -> None:
    ana = await api.caller(name("ana"))
    approval = await asked(ana)
    link = api.context.links.read(await link_for(api, approval, name("bob")))
    other = Link(
        approval_id=f"approval/{approval}/another-run",
        workflow_id=approval,
        approver=link.approver,
        groups=link.groups,
        link_id=link.link_id,
        expires_at=link.expires_at,
    )

    assert await refused_with(api, other) == (410, "closed")
    await opened(ana, approval)
    assert (await ana.get(f"/approvals/{approval}")).json()["votes"] == []


async def test_only_admins_and_services_make_links_and_only_for_people(api: Api) -> None:
    ana = await api.caller(name("ana"))
    service = await api.caller(name("mailer"), roles=["service"])
    approval = await asked(ana)
    path = f"/approvals/{approval}/links"

    assert_problem(await ana.post(path, json={"approver": "bob"}), 403, "not-allowed")
    assert_problem(await service.post(path, json={"approver": "group:x"}), 422, "invalid")
    assert_problem(await service.post(path, json={"approver": "bob", "seconds": 31_536_000}), 422, "invalid")
    assert_problem(await service.post("/approvals/none/links", json={"approver": "b"}), 404, "not-found")
    await decided(ana, approval)
    await ended(api, approval)
    assert_problem(await service.post(path, json={"approver": "bob"}), 410, "closed")


FORGERIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another-purpose": ({"purpose": "withdraw"}, {}),
    "another-audience": ({"aud": "durable-workflows-api"}, {}),
    "no-type": ({}, {"typ": "JWT"}),
    "no-end": ({"exp": None}, {}),
    "no-approval": ({"approval": None}, {}),
}


@pytest.mark.parametrize(("claims", "headers"), FORGERIES.values(), ids=FORGERIES)
async def test_a_token_for_something_else_is_no_link(
    api: Api, claims: dict[str, Any], headers: dict[str, Any]
) -> None:
    secret = secret_of(None, "", api.settings.api.keys_dir / KEY_FILE)
    right = {
        "aud": AUDIENCE,
        "purpose": PURPOSE,
        "approval": "approval/a/b",
        "workflow": "a",
        "sub": "bob",
        "jti": "1",
        "exp": int(time.time()) + 60,
    }
    forged = {name: value for name, value in (right | claims).items() if value is not None}

    assert api.context.links.read(jwt.encode(right, secret, "HS256", headers={"typ": TYPE})).approver == "bob"
    with pytest.raises(Problem, match="no such link"):
        api.context.links.read(jwt.encode(forged, secret, "HS256", headers={"typ": TYPE} | headers))
    with pytest.raises(Problem, match="no such link"):
        api.context.links.read(jwt.encode(right, "x" * 64, "HS256", headers={"typ": TYPE}))
    with pytest.raises(Problem, match="no such link"):
        api.context.links.read(jwt.encode(right, "", "none", headers={"typ": TYPE}))


async def test_a_link_is_no_bearer_token_and_a_bearer_token_no_link(api: Api) -> None:
    approval = await asked(await api.caller(name("ana")))
    link = await link_for(api, approval, name("bob"))
    stranger = await api.anybody(Authorization=f"Bearer {link}")

    assert (await stranger.get(f"/approvals/{approval}")).status_code == 401
    with pytest.raises(Problem, match="no such link"):
        api.context.links.read(api.token(name("bob")))


def test_a_link_ends(api: Api) -> None:
    token, link = api.context.links.make("approval/a/b", "a", "bob", (), -1)

    assert link.expires_at < datetime.now(UTC)
    with pytest.raises(Problem, match="expired") as refused:
        api.context.links.read(token)
    assert refused.value.status == 410
