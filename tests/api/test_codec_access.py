"""Who may use the codec server: by token, by role, by the origin of the page that asks."""

from collections.abc import AsyncIterator

import pytest

from services.api.identity import SESSION_COOKIE
from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.api.api_client import Api, assert_problem, name
from tests.api.codec_client import UI, as_json, codec_server, encoded

pytest_plugins = ["tests.api.api_fixtures"]

ELSEWHERE = [
    "http://127.0.0.1:9999",
    "https://127.0.0.1:8233",
    "http://evil.example",
    "null",
    f"{UI}.evil.example",
]
ASKS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
}


@pytest.fixture
async def api(api_target: EmbeddedTarget) -> AsyncIterator[Api]:
    async with codec_server(api_target) as api:
        yield api


@pytest.mark.parametrize("path", ["/codec/decode", "/codec/encode"])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YTpi"])
async def test_without_a_right_token_nothing_is_decoded_and_the_ui_can_read_why(
    api: Api, path: str, header: str | None
) -> None:
    nobody = await api.anybody(Origin=UI, **({"Authorization": header} if header else {}))
    answer = await nobody.post(path, json=as_json(await encoded("word")))
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["access-control-allow-origin"] == UI


@pytest.mark.parametrize("roles", [[], ["operator"], ["service"]], ids=str)
async def test_a_role_that_sees_not_everything_decodes_nothing(api: Api, roles: list[str]) -> None:
    caller = await api.caller(name(), roles=roles)
    answer = await caller.post("/codec/decode", json=as_json(await encoded("word")))
    assert_problem(answer, 403, "not-allowed")


async def test_nothing_is_encoded_unless_that_is_turned_on(api: Api) -> None:
    admin = await api.caller(name(), roles=["admin"])
    assert_problem(await admin.post("/codec/encode", json=as_json()), 403, "not-allowed")


async def test_an_auditor_encodes_nothing(api_target: EmbeddedTarget) -> None:
    async with codec_server(api_target, codec_encode="on") as api:
        auditor = await api.caller(name(), roles=["auditor"])
        assert_problem(await auditor.post("/codec/encode", json=as_json()), 403, "not-allowed")


async def test_the_uis_page_may_ask_with_the_cookie_of_the_session(api: Api) -> None:
    page = await api.anybody(Origin=UI)
    page.cookies.set(SESSION_COOKIE, api.token(name(), roles=["admin"]))
    answer = await page.post("/codec/decode", json=as_json(await encoded("word")))
    assert answer.json() == as_json(await encoded("word", None))
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ELSEWHERE)
async def test_another_origins_page_gets_nothing_even_with_a_right_token(api: Api, origin: str) -> None:
    page = await api.caller(name(), roles=["admin"])
    answer = await page.post("/codec/decode", json=as_json(await encoded("word")), headers={"Origin": origin})
    assert_problem(answer, 403, "not-allowed")
    assert "access-control-allow-origin" not in answer.headers


async def test_a_preflight_of_the_ui_is_answered_without_a_token(api: Api) -> None:
    nobody = await api.anybody(Origin=UI)
    answer = await nobody.options("/codec/decode", headers=ASKS)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    allowed = {each.strip().lower() for each in answer.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "x-namespace"} <= allowed
    assert "POST" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize("origin", ELSEWHERE)
async def test_a_preflight_of_another_origin_is_refused(api: Api, origin: str) -> None:
    nobody = await api.anybody(Origin=origin)
    answer = await nobody.options("/codec/decode", headers=ASKS)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


async def test_the_ui_may_not_read_the_rest_of_the_api(api: Api) -> None:
    page = await api.caller(name(), roles=["admin"])
    answer = await page.get("/health", headers={"Origin": UI})
    assert "access-control-allow-origin" not in answer.headers
