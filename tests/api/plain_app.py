"""The API in this process with nothing behind it, for answers before Temporal is asked."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.api.app import create_app
from services.api.context import Context
from services.api.settings import ApiSettings, ServiceSettings
from services.token import make_token
from temporal.chaos.targets.environment import free_ports
from temporal.config import ConnectionSettings, Settings, StoreSettings


@dataclass
class App:
    """The app, its settings and a client without a token."""

    settings: ServiceSettings
    context: Context
    client: httpx.AsyncClient


@asynccontextmanager
async def plain_app(folder: Path, **changed: Any) -> AsyncIterator[App]:
    """Runs the API while nothing listens where Temporal should be."""
    [port] = free_ports(1)
    settings = ServiceSettings(
        Settings(
            connection=ConnectionSettings(address=f"127.0.0.1:{port}"), store=StoreSettings(data_dir=folder)
        ),
        ApiSettings(data_dir=folder, **changed),
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api") as client,
    ):
        yield App(settings, app.state.context, client)


def claims_of(api: ApiSettings, subject: str) -> dict[str, Any]:
    """Returns claims that are right."""
    return {
        "iss": api.token_issuer,
        "aud": api.token_audience,
        "sub": subject,
        "exp": int(time.time()) + 3600,
    }


def bearer(app: App, subject: str) -> dict[str, str]:
    """Returns the header of a token that is right."""
    return {"Authorization": f"Bearer {make_token(app.settings.api, subject, [], [], 3_600)}"}


def assert_refused(answer: httpx.Response) -> None:
    """Checks that nobody was let in, and that the answer asks for a bearer token."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
