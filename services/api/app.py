"""The app: routes, what wraps them, and what lives as long as it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from temporalio.client import Client

from services.api import pages
from services.api.access_log import AccessLog
from services.api.body_limit import BodyLimit
from services.api.codec_origin import CodecOrigin
from services.api.context import Context
from services.api.description import DescribedApi
from services.api.links import load_link_key
from services.api.problems import add_problem_handlers
from services.api.rate_limit import Limits
from services.api.response_headers import ResponseHeaders
from services.api.routers import approvals, codec, decisions, health, history, links, signals
from services.api.settings import ServiceSettings
from services.api.signing_keys import load_signing_keys
from services.api.store_link import StoreLink
from services.api.temporal_link import TemporalLink
from services.api.tokens import load_token_check
from services.api.update_queue import UpdateQueue
from temporal.encryption.codec import payload_codec

ROUTERS = (approvals, decisions, history, links, signals, codec, health, pages)


def create_app(settings: ServiceSettings, client: Client | None = None) -> FastAPI:
    """Returns the API and its pages.

    Temporal and the store may be away: the app starts all the same, and answers 503 until they are there.

    Args:
        settings: All settings.
        client: A client that is connected already; by default the app connects by itself.

    Raises:
        CommandError: A key cannot be read (exit code 2).
        ConfigError: The store's settings cannot be used.
    """
    api = settings.api
    context = Context(
        settings=settings,
        temporal=TemporalLink(settings.core.connection, api.deadline, client),
        store=StoreLink(settings.core.store),
        tokens=load_token_check(api),
        signing=load_signing_keys(api),
        links=load_link_key(api),
        limits=Limits(api.rate_limit),
        updates=UpdateQueue(),
        codec=payload_codec(settings.core.connection.keyring),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening = [asyncio.create_task(context.store.open()), asyncio.create_task(context.temporal.connect())]
        try:
            yield
        finally:
            for task in opening:
                task.cancel()
            await asyncio.gather(*opening, return_exceptions=True)
            context.store.close()

    app = DescribedApi(
        title="Durable workflows: approvals",
        lifespan=lifespan,
        docs_url=None,  # its page needs scripts from elsewhere, which the content security policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    add_problem_handlers(app)
    for module in ROUTERS:
        app.include_router(module.router)
    app.add_middleware(BodyLimit, limit=api.max_body)  # the last one added is the outermost
    app.add_middleware(CodecOrigin, ui_url=api.ui_url)
    app.add_middleware(AccessLog)
    app.add_middleware(ResponseHeaders)
    return app
