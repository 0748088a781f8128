"""One JSON line a request: who did what by which route, and what came of it; never a token.

The route is logged as its template and not as the path that was asked for, because the path of a signed link
is a token. JSON escapes all that is not printable ASCII, so nothing that a client sends can end a line.
"""

import logging
import sys
import time
from typing import TextIO

from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.answer_status import AnswerStatus
from services.api.problems import Problem
from temporal.logs import JsonLines

log = logging.getLogger("services.api.access")

SHOWN = {"id": "id", "name": "signal"}
"""Path parameters that are logged, and as what: `name` is a record's own. A link's token is none of them."""

LONGEST = 200
"""Longest logged value, in characters."""


def set_up_access_log(stream: TextIO | None = None) -> None:
    """Sends the access log to standard error as JSON lines, whatever the format of the other logs."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


class AccessLog:
    """ASGI middleware: what fails within is logged, and answered 500 without a word of why."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and logs it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answer = time.perf_counter(), AnswerStatus(send)
        scope.setdefault("state", {})
        try:
            await self._app(scope, receive, answer)
        except Exception:
            log.exception("failed", extra=_about(scope))
            if not answer.status:
                await Problem(500, "the API failed; its log says why").response()(scope, receive, answer)
        finally:
            taken = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", extra={**_about(scope), "status": answer.status, "ms": taken})


def _about(scope: Scope) -> dict[str, object]:
    route = scope.get("route")
    parameters = scope.get("path_params", {})
    client = scope.get("client")
    return {
        "method": scope["method"],
        "route": getattr(route, "path", "unknown"),
        **{shown: str(parameters[name])[:LONGEST] for name, shown in SHOWN.items() if name in parameters},
        "subject": scope["state"].get("subject", ""),
        "client": client[0] if client else "",
    }
