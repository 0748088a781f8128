"""What guards the pages: headers on each, no act by GET, no form from elsewhere, nothing for the unknown."""

import re

import httpx
import pytest

from services.api.identity import SESSION_COOKIE
from services.api.pages.csrf import form_token
from services.api.pages.rendering import CONTENT_SECURITY_POLICY
from tests.api.api_client import Api, asked, name, opened

pytest_plugins = ["tests.api.api_fixtures"]

OURS = {"Sec-Fetch-Site": "same-origin"}


async def reader(api: Api, subject: str) -> httpx.AsyncClient:
    """Returns a browser with a session."""
    client = await api.anybody()
    client.cookies.set(SESSION_COOKIE, api.token(subject))
    return client


async def waiting(api: Api, approver: str) -> str:
    """Returns a request that waits for somebody."""
    requester = await api.caller(name("maria"))
    approval = await asked(requester, policy={"users": [approver]})
    await opened(requester, approval)
    return approval


async def is_undecided(api: Api, approver: str, approval: str) -> bool:
    answer = await (await api.caller(approver)).get(f"/approvals/{approval}")
    return answer.json()["decision"] is None


def form(client: httpx.AsyncClient, **changed: str) -> dict[str, str]:
    """Returns a decision form as the page of this session has it."""
    token = form_token(client.cookies[SESSION_COOKIE])
    return {"csrf": token, "decision_id": name("form"), "outcome": "approved", **changed}


async def test_each_page_has_the_strict_headers(api: Api) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)

    for path in (
        "/",
        "/login",
        "/inbox",
        "/inbox/list",
        f"/inbox/requests/{approval}",
        f"/inbox/live/{approval}",
        "/inbox/requests/none",
        "/links/none",
    ):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert headers["cache-control"] == "no-store", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] in ("same-origin", "strict-origin"), path
    assert "unsafe" not in CONTENT_SECURITY_POLICY


async def test_no_page_holds_a_script_or_style_of_its_own(api: Api) -> None:
    ana = name("ana")
    client = await reader(api, ana)

    page = (await client.get(f"/inbox/requests/{await waiting(api, ana)}")).text

    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on", page)


async def test_a_form_of_our_page_decides(api: Api) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)

    answer = await client.post(f"/inbox/decide/{approval}", data=form(client), headers=OURS)

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/inbox/requests/{approval}?did=approved",
    )
    assert not await is_undecided(api, ana, approval)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://api.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://api"},
    ],
)
async def test_a_form_from_elsewhere_decides_nothing(api: Api, headers: dict[str, str]) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)

    answer = await client.post(f"/inbox/decide/{approval}", data=form(client), headers=headers)

    assert answer.status_code == 403
    assert await is_undecided(api, ana, approval)


async def test_an_old_browser_s_form_counts_by_its_origin(api: Api) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)

    answer = await client.post(
        f"/inbox/decide/{approval}", data=form(client), headers={"Origin": "http://api"}
    )

    assert answer.status_code == 303


@pytest.mark.parametrize("csrf", ["", "0" * 64, "of-another-session"])
async def test_a_form_without_the_session_s_own_token_decides_nothing(api: Api, csrf: str) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)
    if csrf == "of-another-session":
        csrf = form_token(api.token(name("eve")))

    answer = await client.post(f"/inbox/decide/{approval}", data=form(client, csrf=csrf), headers=OURS)

    assert answer.status_code == 403
    assert await is_undecided(api, ana, approval)


async def test_nothing_is_decided_by_get(api: Api) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    client = await reader(api, ana)
    mailer = await api.caller(name("mailer"), roles=["service"])
    link = (await mailer.post(f"/approvals/{approval}/links", json={"approver": ana})).json()["url"]

    for path in (f"/inbox/decide/{approval}", f"/inbox/withdraw/{approval}", httpx.URL(link).path):
        answer = await client.get(path, params=form(client), headers=OURS)
        assert answer.status_code == (200 if "/links/" in path else 405), path
    assert (await client.get("/logout")).status_code == 405

    assert await is_undecided(api, ana, approval)


async def test_a_link_s_form_counts_only_with_the_link_s_own_token(api: Api) -> None:
    ana = name("ana")
    approval = await waiting(api, ana)
    mailer = await api.caller(name("mailer"), roles=["service"])
    link = (await mailer.post(f"/approvals/{approval}/links", json={"approver": ana})).json()["url"]
    client = await api.anybody()
    path = httpx.URL(link).path

    for data, headers in (
        ({"csrf": "", "outcome": "approved"}, OURS),
        (
            {"csrf": form_token(path.rpartition("/")[2]), "outcome": "approved"},
            {"Sec-Fetch-Site": "cross-site"},
        ),
    ):
        assert (await client.post(path, data=data, headers=headers)).status_code == 403

    assert await is_undecided(api, ana, approval)


async def test_the_json_api_takes_no_session_cookie(api: Api) -> None:
    client = await reader(api, name("ana"))

    assert (await client.get("/approvals")).status_code == 401
    assert (await client.post("/approvals", json={"title": "x"}, headers=OURS)).status_code == 401
