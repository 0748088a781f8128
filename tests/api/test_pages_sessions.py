"""Sessions of the pages, without a browser: who gets in, and where signing in leads."""

import httpx
import pytest

from services.api.identity import SESSION_COOKIE
from services.api.pages.csrf import form_token
from tests.api.plain_app import App, bearer

pytest_plugins = ["tests.api.plain_fixtures"]

OURS = {"Sec-Fetch-Site": "same-origin"}


def token(app: App, subject: str = "ana") -> str:
    return bearer(app, subject)["Authorization"].removeprefix("Bearer ")


async def signed_in(app: App, onward: str) -> httpx.Response:
    data = {"token": token(app), "next": onward}
    return await app.client.post("/login", data=data, headers=OURS)


@pytest.mark.parametrize("path", ["/inbox", "/inbox/requests/some", "/inbox?scope=all&show=decided"])
async def test_a_stranger_is_asked_to_sign_in_and_comes_back(app: App, path: str) -> None:
    asked = await app.client.get(path)
    onward = httpx.URL(asked.headers["location"]).params["next"]

    assert asked.status_code == 303
    assert onward == path
    assert (await signed_in(app, onward)).headers["location"] == path


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/inbox",
        "/\\evil.example",
        "/inbox\\@evil.example",
        "/inboxevil",
        "javascript:alert(1)",
        "/inbox\r\nSet-Cookie: a=b",
        "",
    ],
)
async def test_signing_in_leads_to_no_other_site(app: App, onward: str) -> None:
    answer = await signed_in(app, onward)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/inbox"


async def test_the_cookie_is_strict_http_only_and_ends_with_the_token(app: App) -> None:
    cookie = (await signed_in(app, "/inbox")).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert 3_500 < int(cookie.partition("max-age=")[2].partition(";")[0]) <= 3_600
    assert "secure" not in cookie


async def test_the_cookie_is_secure_over_https(app: App) -> None:
    app.client.base_url = httpx.URL("https://api")

    assert "secure" in (await signed_in(app, "/inbox")).headers["set-cookie"].lower()


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
async def test_no_other_site_signs_anybody_in(app: App, headers: dict[str, str]) -> None:
    answer = await app.client.post("/login", data={"token": token(app)}, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("wrong", ["", "nonsense", "a.b.c", "x" * 5_000])
async def test_a_wrong_token_opens_no_session(app: App, wrong: str) -> None:
    answer = await app.client.post("/login", data={"token": wrong}, headers=OURS)

    assert answer.status_code in (401, 422)
    assert "set-cookie" not in answer.headers
    assert 'role="alert"' in answer.text


async def test_a_wrong_cookie_is_no_session_and_a_live_part_says_so_without_a_page(app: App) -> None:
    app.client.cookies.set(SESSION_COOKIE, "nonsense")

    page = await app.client.get("/inbox")
    part = await app.client.get("/inbox/list", headers={"HX-Request": "true"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/inbox&ended=yes")
    assert (part.status_code, part.text) == (401, "")


async def test_while_temporal_is_away_a_page_says_so_and_when_to_ask_again(app: App) -> None:
    app.client.cookies.set(SESSION_COOKIE, token(app))

    answer = await app.client.get("/inbox")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "Temporal does not answer" in answer.text


async def test_a_decision_that_meets_no_server_is_kept_to_be_sent_again(app: App) -> None:
    app.client.cookies.set(SESSION_COOKIE, token(app))
    data = {
        "csrf": form_token(app.client.cookies[SESSION_COOKIE]),
        "decision_id": "the-first",
        "outcome": "approved",
        "comment": "thought\nover <b>twice</b>",
    }

    answer = await app.client.post("/inbox/decide/some", data=data, headers=OURS)

    assert answer.status_code == 503
    assert "Send again" in answer.text
    for text in ("the-first", "approved", "thought\nover &lt;b&gt;twice&lt;/b&gt;", data["csrf"]):
        assert text in answer.text


async def test_only_the_listed_static_files_are_served_and_are_kept_for_ever(app: App) -> None:
    login = (await app.client.get("/login")).text
    style = login.partition('href="/static/')[2].partition('"')[0]

    served = await app.client.get(f"/static/{style}")
    others = ["0/page.css", "0/vendored.json", "0/..%2f..%2fapp.py", f"{style.partition('/')[0]}/htmx.min.js"]

    assert served.status_code == 200
    assert "immutable" in served.headers["cache-control"]
    assert [(await app.client.get(f"/static/{other}")).status_code for other in others] == [404] * 4
