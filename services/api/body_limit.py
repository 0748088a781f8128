"""Reads a request's body before anything else does: no more than the limit, and only sound JSON."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import Problem, invalid
from temporal.cli.json_input import parse_json
from temporal.command_line import CommandError


class BodyLimit:
    """ASGI middleware.

    What a decoder further on would take differently is refused here: keys that come twice, NaN, numbers
    without end, half of a surrogate pair, a nesting that overflows a stack.

    Args:
        app: What comes next.
        limit: The largest body, in bytes.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on with its whole body, or answers 413 or 422."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
            if body is None:
                return  # the client has gone
            if body and _is_json(scope):
                _check(body)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        left = [body]

        async def replay() -> Message:
            if left:
                return {"type": "http.request", "body": left.pop(), "more_body": False}
            return await receive()

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        declared = _header(scope, b"content-length")
        if declared.isdigit() and int(declared[:20]) > self._limit:
            raise self._too_large()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> Problem:
        return Problem(413, f"a body holds at most {self._limit} bytes", headers={"Connection": "close"})


def _is_json(scope: Scope) -> bool:
    kind = _header(scope, b"content-type").partition(b";")[0].strip().lower()
    return kind == b"application/json" or kind.endswith(b"+json")


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


def _check(body: bytes) -> None:
    try:
        parse_json("body", body.decode())
    except CommandError as error:
        raise invalid([error.message]) from error
    except UnicodeDecodeError as error:
        raise invalid(["body: not UTF-8 text"]) from error
