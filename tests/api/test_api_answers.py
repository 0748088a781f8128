"""What every answer has in common, with and without Temporal behind."""

import io
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from services.api.access_log import log, set_up_access_log
from services.api.body_limit import DRAINED
from services.api.pages.rendering import CONTENT_SECURITY_POLICY
from services.api.response_headers import DEFAULTS
from tests.api.plain_app import App, bearer

pytest_plugins = ["tests.api.plain_fixtures"]


async def test_without_temporal_the_api_lives_and_says_when_to_come_back(app: App) -> None:
    caller = bearer(app, "ana")

    assert (await app.client.get("/health")).json() == {"status": "alive"}
    for answer in (
        await app.client.get("/ready"),
        await app.client.get("/approvals", headers=caller),
        await app.client.get("/approvals/x", headers=caller),
        await app.client.post("/approvals", json={"title": "T"}, headers=caller),
        await app.client.post("/approvals/x/decisions", json={"outcome": "approved"}, headers=caller),
    ):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("DELETE", "/approvals", 405),
        ("PUT", "/approvals/x/decisions", 405),
        ("GET", "/approvals/x%01y", 422),
        ("GET", "/approvals?limit=no", 422),
        ("GET", "/docs", 404),
    ],
)
async def test_the_frameworks_own_errors_are_problems_too(
    app: App, method: str, path: str, status: int
) -> None:
    answer = await app.client.request(method, path, headers=bearer(app, "ana"))

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert {name: answer.headers[name] for name in DEFAULTS} == DEFAULTS


async def test_a_failure_of_the_api_says_nothing_of_why(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(type(app.context.tokens), "claims", fails)

    answer = await app.client.get("/approvals", headers=bearer(app, "ana"))

    assert answer.status_code == 500
    assert "swordfish" not in answer.text
    assert {name: answer.headers[name] for name in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize("how", ["declared", "streamed"])
async def test_a_body_that_is_too_large_is_refused_unread(app: App, how: str) -> None:
    size = app.settings.api.max_body + 1

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(size // 1000 + 1):
            yield b"x" * 1000

    content = b"x" * size if how == "declared" else stream()
    answer = await app.client.post("/approvals", content=content, headers=bearer(app, "ana"))

    assert answer.status_code == 413
    assert answer.json()["type"].endswith(":too-large")


@pytest.mark.parametrize("path", ["/login", "/inbox/decide/x", "/inbox", "/links/x"])
@pytest.mark.parametrize("how", ["declared", "streamed"])
async def test_a_form_that_is_too_large_is_refused_with_a_page(app: App, path: str, how: str) -> None:
    sent = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent <= app.settings.api.max_body * 2:
            sent += 10_000
            yield b"x" * 10_000

    content = b"x" * (app.settings.api.max_body + 1) if how == "declared" else stream()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await app.client.post(path, content=content, headers=kind)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["connection"] == "close"
    assert "What you sent is larger than this server takes." in answer.text
    assert how == "declared" or sent > app.settings.api.max_body * 2  # a browser could send all of it


async def test_a_form_that_is_far_too_large_is_not_read_to_its_end(app: App) -> None:
    sent, allowed = 0, app.settings.api.max_body * (DRAINED + 1)

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < allowed * 2:
            sent += 100_000
            yield b"x" * 100_000

    answer = await app.client.post("/login", content=stream())

    assert answer.status_code == 413
    assert sent <= allowed + 200_000


@pytest.fixture
def access_log() -> Iterator[io.StringIO]:
    before = (log.handlers, log.propagate, log.level)
    stream = io.StringIO()
    set_up_access_log(stream)
    yield stream
    log.handlers, log.propagate, log.level = before


async def test_a_log_line_is_one_json_object_whatever_was_asked(app: App, access_log: io.StringIO) -> None:
    caller = bearer(app, "ana")
    hostile = "x%22%7D%0D%0A%7B%22level%22:%22ERROR%22%7D%1B%5B31m"

    await app.client.get(f"/approvals/{hostile}", headers=caller | {"User-Agent": "x"})
    await app.client.get("/links/a-secret-token", headers=caller)
    await app.client.get("/nothing/a-secret-token?token=a-secret-token")
    await app.client.post("/workflows/w/signals/poke", json={}, headers=caller)

    lines = access_log.getvalue().splitlines()
    assert len(lines) == 4
    assert all(line.isascii() and line.isprintable() for line in lines)
    first = json.loads(lines[0])
    assert (first["subject"], first["status"], first["route"]) == ("ana", 422, "/approvals/{id}")
    assert (json.loads(lines[3])["id"], json.loads(lines[3])["signal"]) == ("w", "poke")
    for line in lines:
        assert "a-secret-token" not in line
        assert caller["Authorization"].removeprefix("Bearer ") not in line
