"""The app: routes, what wraps them, and what lives as long as it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from temporalio.client import Client

from services.api import pages
from services.api.access_log import AccessLog
from services.api.body_limit import BodyLimit
from services.api.codec_origin import CodecOrigin
from services.api.context import Context
from services.api.dashboard.prometheus import Prometheus
from services.api.dashboard.service import Service
from services.api.description import DescribedApi
from services.api.figures.requests import CountedRequests
from services.api.figures.showing import Figures
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
from temporal.tracing.starting import OFF, Tracing

ROUTERS = (approvals, decisions, history, links, signals, codec, health, pages)


UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own telemetry is off: it puts paths and queries into spans, and a signed link is its path."""


def create_app(settings: ServiceSettings, client: Client | None = None, tracing: Tracing = OFF) -> FastAPI:
    """Returns the API and its pages.

    Temporal and the store may be away: the app starts all the same, and answers 503 until they are there.

    Args:
        settings: All settings.
        client: A client that is connected already; by default the app connects by itself.
        tracing: What this process does for its traces.

    Raises:
        CommandError: A key cannot be read (exit code 2).
        ConfigError: The store's settings cannot be used.
    """
    api = settings.api
    temporal = TemporalLink(settings.core.connection, api.deadline, client, tracing.interceptors)
    context = Context(
        settings=settings,
        temporal=temporal,
        store=StoreLink(settings.core.store),
        tokens=load_token_check(api),
        signing=load_signing_keys(api),
        links=load_link_key(api),
        limits=Limits(api.rate_limit),
        updates=UpdateQueue(),
        codec=payload_codec(settings.core.connection.keyring),
        figures=Figures(api.data_dir),
        dashboard=Prometheus(api.prometheus_url)
        if api.prometheus_url
        else Service(temporal, settings.core.worker.task_queue, settings.core.recovery_dir),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening = [asyncio.create_task(context.store.open()), asyncio.create_task(context.temporal.connect())]
        if api.metrics_port:
            looking = context.figures.keep_looking(context.temporal, settings.core.worker.task_queue)
            opening.append(asyncio.create_task(looking))
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
        telemetry=UNTOLD,
        docs_url=None,  # its page needs scripts from elsewhere, which the content security policy forbids
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    add_problem_handlers(app)
    for module in ROUTERS:
        app.include_router(module.router)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=api.max_body, pages=pages.router.routes)
    app.add_middleware(CodecOrigin, ui_url=api.ui_url)
    app.add_middleware(AccessLog)
    if tracing.on:
        from services.api.request_spans import RequestSpans  # loads OpenTelemetry

        app.add_middleware(RequestSpans)
    app.add_middleware(ResponseHeaders)
    if api.metrics_port:
        app.add_middleware(CountedRequests, figures=context.figures.requests)
    return app
