"""CORS for the codec server: the Temporal UI's pages may read its answers, and no other site's."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.problems import Problem

PREFIX = "/codec/"
"""The paths of the codec server; all others stay without CORS."""

MAX_AGE_SECONDS = 600
"""How long a browser may remember that it may ask."""


class CodecOrigin:
    """ASGI middleware: answers preflights, and lets requests of one origin and of no page at all through.

    Args:
        app: What comes next.
        ui_url: Where a browser reaches the Temporal UI.
    """

    def __init__(self, app: ASGIApp, ui_url: str) -> None:
        self._app = app
        self._origin = origin_of(ui_url)
        self._with_cors = CORSMiddleware(
            app,
            allow_origins=[self._origin],
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "X-Namespace"],
            allow_credentials=True,
            max_age=MAX_AGE_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers 403 to another origin's.

        The browser of that origin would not show it the answer anyhow; but a session cookie goes with every
        request from the same host, so such a request is not carried out either.
        """
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin")
        if origin is not None and origin != self._origin:
            problem = Problem(403, "the codec server answers pages of the Temporal UI alone (API_UI_URL)")
            await problem.response()(scope, receive, send)
            return
        await self._with_cors(scope, receive, send)


def origin_of(url: str) -> str:
    """Returns scheme, host and port as browsers write them: small letters, without the scheme's own port."""
    parts = urlsplit(url.lower())
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.removesuffix(default)}"
