"""Reads a request's body before anything else does: no more than the limit, and only sound JSON."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.pages.page_route import problem_page
from services.api.problems import Problem, invalid
from temporal.cli.json_input import parse_json
from temporal.command_line import CommandError

DRAINED = 16
"""How many times the limit is read and dropped of a form that is too large: to close while a browser still
sends can reset the connection, and then it shows no answer. The JSON API's callers are answered at once."""


class TooLargeError(Problem):
    """A body is larger than the limit; `more` tells whether some of it is still to be read."""

    def __init__(self, limit: int, *, more: bool) -> None:
        self.more = more
        super().__init__(413, f"a body holds at most {limit} bytes", headers={"Connection": "close"})


class BodyLimit:
    """ASGI middleware.

    What a decoder further on would take differently is refused here: keys that come twice, NaN, numbers
    without end, half of a surrogate pair, a nesting that overflows a stack. The pages answer
    in HTML, as with their other errors.

    Args:
        app: What comes next.
        limit: The largest body, in bytes.
        pages: The routes of the pages.
    """

    def __init__(self, app: ASGIApp, limit: int, pages: Sequence[BaseRoute]) -> None:
        self._app = app
        self._limit = limit
        self._pages = pages

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
            await self._refuse(problem, scope, receive, send)
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
            raise TooLargeError(self._limit, more=True)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise TooLargeError(self._limit, more=message.get("more_body", False))
            if not message.get("more_body", False):
                return bytes(body)

    async def _refuse(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        if all(route.matches(scope)[0] is Match.NONE for route in self._pages):
            await problem.response()(scope, receive, send)
            return
        left, more = DRAINED * self._limit, isinstance(problem, TooLargeError) and problem.more
        while more and left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            more = message.get("more_body", False)
        await problem_page(problem)(scope, receive, send)


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
