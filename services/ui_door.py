"""`python -m services.ui_door`: has the browser ask for a token, and hands it to the Temporal UI each time.

The UI passes on the `Authorization: Bearer` of whoever looks at it, and has no way to ask for one but a login
at an identity provider. At this door the browser asks: any name, and as password the person's own token for
Temporal. Nothing is kept here, and nobody sees more than their own token allows: Temporal decides.
"""

import asyncio
import base64
import binascii
import functools
import http.client
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from temporal.command_line import DONE, leave, run_app

ASK = 'Basic realm="Temporal: any name, and your token as password", charset="UTF-8"'
HEALTH = "/door"
"""The one path that asks for nothing: whether the door itself stands."""

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
MAX_BODY_BYTES = 4_194_304
"""Largest request body; what Temporal takes is smaller."""

UPSTREAM_SECONDS = 90.0
"""How long the UI may take to answer, in seconds: longer than a long poll of its own."""

AT_ONCE = 32
"""Requests that are with the UI at once; further ones wait."""

OURS = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-connection"}
"""Headers between two neighbours only, in small letters."""


def bearer(authorization: str) -> str:
    """Returns what the UI is told: a Basic's password as Bearer, a Bearer as it is; empty for neither."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return authorization if value else ""
    if scheme.lower() != "basic":
        return ""
    try:
        _, _, token = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return f"Bearer {token}" if token.isprintable() and token and " " not in token else ""


def create_door(host: str, port: int) -> Starlette:
    """Returns the app.

    Args:
        host: Where the UI is.
        port: Its port.
    """
    threads = ThreadPoolExecutor(AT_ONCE, "ui")

    def fetch(method: str, path: str, body: bytes, headers: dict[str, str]) -> Response:
        connection = http.client.HTTPConnection(host, port, timeout=UPSTREAM_SECONDS)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            response = Response(answer.read(), answer.status)
        except (OSError, http.client.HTTPException):
            return PlainTextResponse("the Temporal UI does not answer\n", 502)
        finally:
            connection.close()
        for name, value in answer.getheaders():  # some more than once: cookies
            if name.lower() not in OURS | {"content-length", "date", "server"}:
                response.headers.append(name, value)
        return response

    async def enter(request: Request) -> Response:
        token = bearer(request.headers.get("Authorization", ""))
        if not token:
            said = "Sign in with any name, and your token for Temporal as password.\n"
            return PlainTextResponse(said, 401, {"WWW-Authenticate": ASK})
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY_BYTES:
                return PlainTextResponse(f"at most {MAX_BODY_BYTES} bytes\n", 413)
        headers = {name: value for name, value in request.headers.items() if name not in OURS}
        headers |= {"authorization": token, "content-length": str(len(body))}
        path = request.scope["raw_path"].decode("ascii")
        if request.url.query:
            path = f"{path}?{request.url.query}"
        call = functools.partial(fetch, request.method, path, bytes(body), headers)
        return await asyncio.get_running_loop().run_in_executor(threads, call)

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route(HEALTH, health), Route("/{path:path}", enter, methods=METHODS)],
    )


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    upstream: Annotated[str, typer.Option(help="The host of the Temporal UI.")] = "temporal-ui",
    upstream_port: Annotated[int, typer.Option(min=1, max=65_535, help="Its port.")] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8080,
) -> int:
    """Ask for a token before the Temporal UI, until SIGINT or SIGTERM."""
    # The server raises the signal that ended it once more when it has drained: it shall not end us by it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    config = uvicorn.Config(
        create_door(upstream, upstream_port),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # paths hold workflow ids, and the UI logs its own
        server_header=False,
        proxy_headers=False,
        ws="none",
    )
    uvicorn.Server(config).run()
    return DONE


if __name__ == "__main__":
    leave(run_app(app, name="python -m services.ui_door"))
