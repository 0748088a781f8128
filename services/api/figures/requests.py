"""Counts and times requests by their route's template: a path may hold an id, or a signed link's token."""

import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.answer_status import AnswerStatus

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that have a figure of their own; a client may send any word, so all others share one."""


class RequestFigures:
    """The histogram of requests.

    Args:
        registry: Where it is shown.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "api_request_seconds",
            "Requests, from their first byte to the last of the answer",
            ["method", "route", "status"],
            buckets=BUCKETS,
            registry=registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one request; a status of 0 is one whose connection broke before there was an answer."""
        shown = method if method in METHODS else "other"
        self._seconds.labels(shown, route, str(status)).observe(seconds)


class CountedRequests:
    """ASGI middleware: it sees every answer, also those of what it wraps when that refuses.

    Args:
        app: What it wraps.
        figures: Where requests are counted.
    """

    def __init__(self, app: ASGIApp, figures: RequestFigures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and counts it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answer = time.perf_counter(), AnswerStatus(send)
        try:
            await self._app(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self._figures.count(scope["method"], route, answer.status, time.perf_counter() - began)
