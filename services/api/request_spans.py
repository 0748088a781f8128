"""A span for each request: its method, route and status; never a path, a query, a header or a body.

It carries on a caller's trace by the header `traceparent` alone: what else W3C lets a caller hand on
(`tracestate`, `baggage`) would end up in Temporal's histories in clear.
"""

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.answer_status import AnswerStatus

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN = "_OTHER"
"""What the semantic conventions call a method that is none of those."""

UNTRACED = ("/health", "/ready", "/static/")
"""Paths that machines ask all the time, or that no work comes of."""

PARENT = "traceparent"


class RequestSpans:
    """ASGI middleware; stands around the access log, whose lines then carry the ids."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tracer = trace.get_tracer("services.api")
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on within a span."""
        if scope["type"] != "http" or scope["path"].startswith(UNTRACED):
            await self._app(scope, receive, send)
            return
        answer = AnswerStatus(send)
        method = scope["method"] if scope["method"] in METHODS else UNKNOWN
        said = Headers(scope=scope).get(PARENT)
        parent = self._propagator.extract({PARENT: said} if said else {})
        with self._tracer.start_as_current_span(
            method, parent, SpanKind.SERVER, {"http.request.method": method}
        ) as span:
            try:
                await self._app(scope, receive, answer)
            finally:
                route = getattr(scope.get("route"), "path", "")
                if route:
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", answer.status)
                if answer.status >= 500 or not answer.status:
                    span.set_status(StatusCode.ERROR)
