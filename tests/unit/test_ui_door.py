"""The door before the Temporal UI: who shows a token is handed on with it, and nobody else is."""

import base64
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from services.ui_door import MAX_BODY_BYTES, bearer, create_door
from temporal.chaos.targets.environment import free_ports

TOKEN = ".".join(["e30", "e30", "c2ln"])


@dataclass
class Ui:
    """What stands behind the door, and what it was told."""

    port: int
    heard: list[tuple[str, str, str, bytes]] = field(default_factory=list)


@pytest.fixture
def ui() -> Iterator[Ui]:
    told = Ui(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            told.heard.append((self.command, self.path, self.headers["Authorization"], body))
            self.send_response(403 if "forbidden" in self.path else 200)
            for name in ("a", "b"):
                self.send_header("Set-Cookie", f"{name}=1")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def browser(ui: Ui) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_door("127.0.0.1", ui.port))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


async def test_without_a_token_the_browser_is_asked_and_the_ui_hears_nothing(
    browser: httpx.AsyncClient, ui: Ui
) -> None:
    answer = await browser.get("/namespaces/default")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert ui.heard == []


async def test_the_password_becomes_the_bearer_of_every_request(browser: httpx.AsyncClient, ui: Ui) -> None:
    await browser.get("/a%2Fb?q=%22x%22&n=1", auth=("ana", TOKEN))
    await browser.post("/api", content=b"body", auth=("", TOKEN))

    assert ui.heard == [
        ("GET", "/a%2Fb?q=%22x%22&n=1", f"Bearer {TOKEN}", b""),
        ("POST", "/api", f"Bearer {TOKEN}", b"body"),
    ]


async def test_a_program_may_show_a_bearer_itself(browser: httpx.AsyncClient, ui: Ui) -> None:
    await browser.get("/", headers={"Authorization": f"Bearer {TOKEN}"})

    assert [token for _, _, token, _ in ui.heard] == [f"Bearer {TOKEN}"]


async def test_the_uis_answer_comes_back_as_it_is(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/forbidden", auth=("ana", TOKEN))

    assert (answer.status_code, answer.content) == (403, b"{}")
    assert answer.headers.get_list("Set-Cookie") == ["a=1", "b=1"]
    assert answer.headers["Content-Type"] == "application/json"


async def test_too_large_a_body_is_refused_before_the_ui_hears_of_it(
    browser: httpx.AsyncClient, ui: Ui
) -> None:
    answer = await browser.post("/api", content=b"x" * (MAX_BODY_BYTES + 1), auth=("ana", TOKEN))

    assert answer.status_code == 413
    assert ui.heard == []


async def test_a_ui_that_is_away_is_said_to_be() -> None:
    [port] = free_ports(1)
    transport = httpx.ASGITransport(create_door("127.0.0.1", port))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as browser:
        assert (await browser.get("/", auth=("ana", TOKEN))).status_code == 502
        assert (await browser.get("/door")).status_code == 200


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


NO_TOKENS = ("", "Bearer", "Bearer ", "Basic", "Basic !", "Digest x")
NO_PASSWORDS = ("ana:", "ana", "ana:a b", "a:b\r\nX: y", "ana:é")


@pytest.mark.parametrize("shown", [*NO_TOKENS, *map(basic, NO_PASSWORDS)])
def test_what_is_no_token_is_handed_to_nobody(shown: str) -> None:
    assert bearer(shown) == ""
