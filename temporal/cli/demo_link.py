"""The demo's approval by link: the API as a process of its own, and a browser's part of what follows."""

import asyncio
import http.client
import json
import os
import secrets
import sys
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import jwt

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports
from temporal.command_line import FAILED, CommandError
from temporal.engine import last_line

API = (sys.executable, "-m", "services.signal_api")
"""Run, not imported: the services are a layer above this one."""

ISSUER, AUDIENCE = "demo", "demo-api"
ANSWER_SECONDS = 60
"""How long an answer may take, in seconds: without a supervisor a killed worker's workflow waits for 10."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    location: str
    text: str


class DemoApi:
    """The API over a target, and one caller who may ask for approvals and have links made.

    Args:
        target: Where it finds Temporal and the store; its end is the API's.
        caller: Who asks.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, target: EmbeddedTarget, caller: str) -> None:
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        key = secrets.token_hex(32)
        file = target.folder / "demo-token-key"
        file.touch(mode=0o600)
        file.write_text(key)
        self._caller = caller
        self._key = key
        self._process = target.launch_worker(
            {
                **{name: "" for name in os.environ if name.startswith("API_")},  # the user's own API's
                "API_PORT": str(port),
                "API_TOKEN_KEY_FILE": str(file),
                "API_TOKEN_ISSUER": ISSUER,
                "API_TOKEN_AUDIENCE": AUDIENCE,
                "API_DEADLINE_SECONDS": str(ANSWER_SECONDS),
            },
            command=API,
        )

    async def start(self) -> None:
        """Returns once the API is ready.

        Raises:
            CommandError: It ended instead, or is not ready in time.
        """

        async def ready() -> bool:
            if not self._process.running:
                raise CommandError(f"the API has ended: {last_line(self._process.log)}", FAILED)
            try:
                return (await self.fetch("GET", "/ready")).status == 200
            except OSError:
                return False

        await until("the API is ready", ready)

    async def call(self, path: str, body: dict[str, object]) -> dict[str, object]:
        """Posts to the JSON API as the caller and returns the answer.

        Raises:
            CommandError: It was refused.
        """
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": self._caller,
            "roles": ["service"],
            "exp": int(time.time()) + 3_600,
        }
        token = jwt.encode(claims, self._key, "HS256")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = await self.fetch("POST", path, json.dumps(body), headers)
        if answer.status != 201:
            raise CommandError(f"POST {path}: {answer.status} {answer.text}", FAILED)
        said: dict[str, object] = json.loads(answer.text)
        return said

    async def fetch(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Sends one request and returns the answer, whatever it is.

        Raises:
            OSError: There is none.
        """
        return await asyncio.to_thread(self._fetch, method, path, body, headers or {})

    def _fetch(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_SECONDS + 5)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location", ""), answer.read().decode())
        except http.client.HTTPException as error:
            raise OSError(f"{method}: the API broke off") from error
        finally:
            connection.close()


class LinkPage:
    """A signed link as its approver's browser has it.

    Args:
        api: Where it leads.
        url: The link.
    """

    def __init__(self, api: DemoApi, url: str) -> None:
        self._api = api
        self._path = urlsplit(url).path
        self._form = _Form()

    async def open(self) -> str:
        """Opens the link and returns the page.

        Raises:
            CommandError: There is none, or it has no form.
        """
        page = await self._api.fetch("GET", self._path)
        self._form = _Form()
        self._form.feed(page.text)
        if page.status != 200 or not self._form.action:
            raise CommandError(f"the link's page: {page.status}, without a form", FAILED)
        return page.text

    async def press(self, outcome: str, comment: str) -> str:
        """Presses a button of the opened page and returns the page that it leads to.

        Raises:
            CommandError: The form was not taken.
        """
        fields = {**self._form.hidden, "comment": comment, "outcome": outcome}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._api.url}
        sent = await self._api.fetch("POST", self._form.action, urlencode(fields), headers)
        if sent.status != 303:
            raise CommandError(f"the link's form: {sent.status}", FAILED)
        return (await self._api.fetch("GET", sent.location)).text


class _Form(HTMLParser):
    """Reads the page's form: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes what a form sends."""
        said = dict(attrs)
        if tag == "form":
            self.action = said.get("action") or ""
        elif tag == "input" and said.get("type") == "hidden":
            self.hidden[said.get("name") or ""] = said.get("value") or ""
