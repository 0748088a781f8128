"""How the pages answer what goes wrong: in HTML, where the API says the same in JSON."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from services.api.pages import addresses
from services.api.pages.rendering import HEADERS, render
from services.api.pages.session import FromElsewhereError, SignInNeededError, read_form
from services.api.problems import Problem

WORDS = {
    403: ("This was not done", "The server did not take it. Load the page again and try once more."),
    404: ("Nothing here that you may see", "There is no such request, or it is not for you to see."),
    413: ("Too large", "What you sent is larger than this server takes."),
    429: (
        "One moment, please",
        "You have asked too often in the last minute. Wait a little, then load the page again.",
    ),
    503: (
        "Temporal does not answer",
        "Requests and decisions are safe; they can be shown again in a moment.",
    ),
}
"""A heading and a sentence by HTTP status."""

TYPED = (("comment", "Your comment"), ("edited", "The payload as you sent it"), ("reason", "Your reason"))
"""What somebody may have typed into a form of ours, and what it is called when it is given back."""

ONWARD = {"href": "/inbox", "text": "Go to the inbox"}

OTHER = ("This did not work", "The server could not do what was asked.")


class PageRoute(APIRoute):
    """A route whose errors are pages, and which sends whoever is not signed in to do that."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Returns the route's handler with its errors turned into pages."""
        handler = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await handler(request)
            except FromElsewhereError:
                return render("arriving.html", {"here": _here(request)})
            except SignInNeededError as needed:
                return await _sign_in(request, needed)
            except Problem as problem:
                return problem_page(problem)
            except RequestValidationError:
                return problem_page(Problem(404, "no such page"))
            except HTTPException as error:
                return problem_page(Problem(error.status_code, str(error.detail)))

        return page


def problem_page(problem: Problem) -> Response:
    """Returns the page that says what went wrong, with the problem's status and headers."""
    title, text = WORDS.get(problem.status, OTHER)
    lines = [text] if problem.status in (404, 429) else [text, f"The server says: {problem.detail}."]
    context = {"me": None, "title": title, "lines": lines, "kept": [], "onward": ONWARD}
    response = render("message.html", context, problem.status)
    if (wait := (problem.headers or {}).get("Retry-After")) is not None:
        response.headers["Retry-After"] = wait
    if (after := (problem.headers or {}).get("Connection")) is not None:
        response.headers["Connection"] = after
    return response


async def _sign_in(request: Request, needed: SignInNeededError) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers=HEADERS)  # the page says it, and keeps what is typed
    if request.method == "POST":
        return await _unsent(request)
    ended = "&ended=yes" if needed.ended else ""
    return RedirectResponse(f"/login?next={quote(_here(request), safe='/')}{ended}", 303, headers=HEADERS)


async def _unsent(request: Request) -> Response:
    """Returns the page for a form that came too late for its session; what was typed is shown for copying."""
    form = await read_form(request)
    page = request.url.path
    for act in (addresses.DECIDE, addresses.WITHDRAW):
        page = page.replace(act, addresses.REQUEST, 1)
    kept = [(label, form[name]) for name, label in TYPED if form.get(name, "").strip()]
    context = {
        "me": None,
        "title": "You are signed out",
        "lines": ["Your session had ended when this was sent, so nothing was done. Sign in and do it again."],
        "kept": kept,
        "onward": {"href": f"/login?next={quote(page, safe='/')}", "text": "Sign in"},
    }
    return render("message.html", context, 401)


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
