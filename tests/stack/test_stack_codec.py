"""The stack's Temporal UI with encryption on: who is signed in to the API reads payloads, and nobody else."""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Browser, Request, async_playwright

from tests.integration.encryption_keys import key_file
from tests.stack.chromium import program
from tests.stack.codec_pages import look, person, sign_in, told
from tests.stack.compose_stack import Stack
from tests.stack.encrypted_stack import COMMENT, TITLE, Encrypted, an_approval
from tests.stack.shown import keep, shows
from tests.stack.stack_api import caller, token_of, with_app

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.browser

QUEUE = f"codec-{uuid.uuid4().hex[:8]}"
SIGN_IN = "sign in to the API as admin or auditor"
"""In the line that the UI shows where the codec server has refused."""

ASK = """
async ([url, body]) => {
    const headers = {"Content-Type": "application/json"}
    const asked = {method: "POST", credentials: "include", headers, body}
    try {
        const answer = await fetch(url, asked)
        return answer.status + " " + await answer.text()
    } catch (error) {
        return String(error)
    }
}
"""
"""What the UI's page does, for a page to do: returns status and body, or why the browser kept them back."""


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Encryption as a user turns it on: by one variable."""
    folder = tmp_path_factory.mktemp("codec") / "keys"
    return {"ENCRYPTION_KEY_FILE": key_file(folder, "key-a")["ENCRYPTION_KEY_FILE"]}


@pytest.fixture(scope="module")
def encrypted(stack: Stack, variables: dict[str, str]) -> Iterator[Encrypted]:
    """The stack with encryption on, and an approval in it."""
    with with_app(stack, QUEUE, **variables):
        yield asyncio.run(an_approval(stack))


@pytest.fixture
def apart(encrypted: Encrypted, variables: dict[str, str]) -> Encrypted:
    """The same with names of their own for UI and API, under one domain."""
    ui, api = (
        url.replace("127.0.0.1", f"{name}.example.test")
        for url, name in ((encrypted.ui, "temporal"), (encrypted.api, "api"))
    )
    named = {**variables, "API_UI_URL": ui, "API_PUBLIC_URL": api}
    encrypted.stack.must("up", COMPOSE_PROFILES="app", TASK_QUEUE=QUEUE, **named)
    return replace(encrypted, ui=ui, api=api)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium; each context of it is another person's. Names that end with .test are this host's."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program(), args=["--host-resolver-rules=MAP *.test 127.0.0.1"]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers as another site's server: with a page that has nothing in it."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>elsewhere")
    await writer.drain()
    writer.close()


async def cookies(asked: list[Request], address: str) -> set[str]:
    """Returns the names of the cookies that went along with requests to an address and what is below it."""
    there = [each for each in asked if each.url.startswith(f"{address}/")]
    assert there
    sent = [(await each.all_headers()).get("cookie", "") for each in there]
    return {cookie.partition("=")[0] for line in sent for cookie in line.split("; ")}


def test_with_encryption_off_the_ui_is_given_no_codec_server(stack: Stack) -> None:
    settings = httpx.get(f"http://127.0.0.1:{stack.ui_port}/api/v1/settings", timeout=60).json()

    assert settings["Codec"]["Endpoint"] == ""


async def test_without_signing_in_the_ui_shows_no_payload_and_says_where_to_sign_in(
    encrypted: Encrypted, browser: Browser
) -> None:
    page = await person(browser)
    status = await look(page, encrypted)

    assert status == 401
    await shows(page, encrypted.ciphertext, SIGN_IN, f"{encrypted.api}/login")
    await keep(page, "codec-signed-out")
    assert await told(page) == []


async def test_signed_in_to_the_api_as_auditor_the_ui_shows_what_went_in_and_came_out(
    encrypted: Encrypted, browser: Browser
) -> None:
    page = await person(browser)
    await sign_in(page, encrypted, "auditor")
    status = await look(page, encrypted)

    assert status == 200
    await shows(page, f'"title": "{TITLE}"', f'"comment": "{COMMENT}"')
    await keep(page, "codec-signed-in")


async def test_signed_in_without_a_role_that_sees_everything_the_ui_shows_no_payload(
    encrypted: Encrypted, browser: Browser
) -> None:
    page = await person(browser)
    await sign_in(page, encrypted)
    status = await look(page, encrypted)

    assert status == 403
    await shows(page, encrypted.ciphertext, SIGN_IN)
    assert await told(page) == []


async def test_another_page_of_the_same_host_gets_nothing_from_a_signed_in_browser(
    encrypted: Encrypted, browser: Browser
) -> None:
    page = await person(browser)
    await sign_in(page, encrypted, "auditor")
    await look(page, encrypted)
    asking = [f"{encrypted.api}/codec/decode", encrypted.input]
    by_the_ui = await page.evaluate(ASK, asking)
    async with await asyncio.start_server(elsewhere, "127.0.0.1") as server:
        await page.goto(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        by_another = await page.evaluate(ASK, asking)

    assert by_the_ui.startswith("200 ")
    assert by_another == "TypeError: Failed to fetch"


@pytest.mark.parametrize(("authorized", "status"), [(False, 401), (True, 403)], ids=["no token", "no role"])
async def test_a_program_without_the_right_token_gets_nothing(
    encrypted: Encrypted, authorized: bool, status: int
) -> None:
    async with caller(encrypted.stack, "eva") as eva:
        if not authorized:
            del eva.headers["Authorization"]
        refused = await eva.post("/codec/decode", json=json.loads(encrypted.input))
        eva.headers["Authorization"] = f"Bearer {token_of(encrypted.stack, 'eva', 'auditor')}"
        answered = await eva.post("/codec/decode", json=json.loads(encrypted.input))

    assert refused.status_code == status
    assert "payloads" not in refused.json()
    [payload] = answered.json()["payloads"]
    assert json.loads(base64.b64decode(payload["data"]))["title"] == TITLE


async def test_with_a_name_of_its_own_the_uis_server_is_not_given_the_session_and_the_ui_reads(
    apart: Encrypted, browser: Browser
) -> None:
    page = await person(browser)
    await sign_in(page, apart, "auditor")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    await look(page, apart)
    await shows(page, f'"title": "{TITLE}"')

    assert "session" in await cookies(asked, f"{apart.api}/codec")
    assert "session" not in await cookies(asked, apart.ui)
