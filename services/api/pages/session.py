"""Who reads a page: the session cookie holds the bearer token itself, so nothing has to be kept for it here.

The cookie is HttpOnly and SameSite=Strict, and ends with its token. The JSON API never looks at it.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from services.api.context import Context, current_context
from services.api.identity import SESSION_COOKIE, Identity, identified
from services.api.pages import csrf
from services.api.problems import Problem

MAX_COOKIE_BYTES = 3_800
"""The longest token that a session can hold, in bytes: browsers keep 4096 with the name and the flags."""

MAX_FIELDS = 20
"""Most fields that a form of ours sends, with room."""


class SignInNeededError(Exception):
    """Nobody is signed in, or no longer. `ended` says why, for the reader; empty for a first visit."""

    def __init__(self, ended: str = "") -> None:
        self.ended = ended
        super().__init__(ended)


class FromElsewhereError(Exception):
    """A link on another site led here, so the strict cookie was left out: our own page must ask again."""


@dataclass(frozen=True)
class Session:
    """A signed-in reader: who it is, and the token that our forms carry."""

    identity: Identity
    form_token: str


async def session_of(request: Request, context: Annotated[Context, Depends(current_context)]) -> Session:
    """The dependency of every page that shows somebody something.

    Raises:
        SignInNeededError: There is no session, or it has ended.
        FromElsewhereError: The browser left the cookie out, if there is one.
        Problem: Too many requests (429), or the identity provider's keys cannot be had (503).
    """
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        if request.method == "GET" and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise FromElsewhereError
        raise SignInNeededError
    try:
        identity = await identified(context, request, token)
    except Problem as problem:
        if problem.status == 401:
            raise SignInNeededError("Your session has ended. Sign in again to go on.") from problem
        raise
    return Session(identity, csrf.form_token(token))


Reader = Annotated[Session, Depends(session_of)]
"""Who reads a page."""


async def read_form(request: Request) -> dict[str, str]:
    """Reads a form that one of our pages sent; files and second values of a field are left out.

    Raises:
        Problem: It was not sent from our page (403).
    """
    if not csrf.from_our_page(request):
        raise Problem(403, "this form was not sent from a page of this site")
    form: FormData = await request.form(max_files=0, max_fields=MAX_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def session_form(request: Request, reader: Reader) -> dict[str, str]:
    """The dependency of every page that does something: the form, with the session's own token in it.

    Raises:
        Problem: It was not sent from our page, or in another session (403).
    """
    form = await read_form(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    if not csrf.same_token(token, form.get(csrf.FIELD, "")):
        raise Problem(403, "this form belongs to another session: load the page again")
    return form


Form = Annotated[dict[str, str], Depends(session_form)]
"""What a signed-in reader sent."""


def open_session(response: Response, context: Context, request: Request, token: str, seconds: int) -> None:
    """Puts a checked token into the cookie.

    Args:
        response: The answer that takes it along.
        context: For whether browsers reach us by HTTPS.
        request: The sign-in.
        token: The token.
        seconds: How long it is still good.
    """
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure="https" in (request.url.scheme, context.settings.api.base_url.partition(":")[0]),
    )
