"""Signing in with a bearer token, and out."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.api.context import Context, current_context
from services.api.identity import SESSION_COOKIE, identified
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import HEADERS, render
from services.api.pages.session import MAX_COOKIE_BYTES, Form, open_session, read_form
from services.api.problems import Problem

HOME = "/inbox"

ENDED = {
    "yes": "Your session has ended. Sign in again to go on.",
    "out": "You are signed out.",
}
"""What the sign-in page says first, by the `ended` of its address; never a text from the address itself."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Ours = Annotated[Context, Depends(current_context)]


@router.get("/login")
async def login_page(request: Request) -> Response:
    """Asks for a token."""
    query = request.query_params
    return _page(_own_page(query.get("next", "")), ended=ENDED.get(query.get("ended", ""), ""))


@router.post("/login")
async def login(request: Request, context: Ours) -> Response:
    """Checks a token and keeps it in the session cookie.

    Raises:
        Problem: The form was not sent from our page (403), or the keys of tokens cannot be had (503).
    """
    form = await read_form(request)
    onward, token = _own_page(form.get("next", "")), form.get("token", "").strip()
    if not token:
        return _page(onward, fault="Paste a token.", status=422)
    if len(token.encode()) > MAX_COOKIE_BYTES:
        return _page(onward, fault=f"This token is too long: at most {MAX_COOKIE_BYTES} bytes.", status=422)
    try:
        await identified(context, request, token)
        expires = (await context.tokens.claims(token))["exp"]
    except Problem as problem:
        if problem.status != 401:
            raise
        expired = "expired" in problem.detail
        fault = "This token has expired. Get a new one." if expired else "This token is not valid here."
        return _page(onward, fault=fault, status=401)
    response = RedirectResponse(onward, 303, headers=HEADERS)
    seconds = int(expires - time.time()) if isinstance(expires, int | float) else 0
    open_session(response, context, request, token, max(0, seconds))
    return response


@router.post("/logout")
async def logout(form: Form) -> Response:
    """Forgets the token; it stays good for whoever has it elsewhere, until it expires."""
    response = RedirectResponse("/login?ended=out", 303, headers=HEADERS)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _own_page(path: str) -> str:
    """Returns where to go after signing in: a page of ours, whatever the address said."""
    inside = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    return path if inside and path.isprintable() and "\\" not in path else HOME


def _page(onward: str, *, ended: str = "", fault: str = "", status: int = 200) -> Response:
    context = {"me": None, "next": onward, "ended": ended, "fault": fault}
    return render("login.html", context, status)
