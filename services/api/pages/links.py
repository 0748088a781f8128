"""Signed links: who opens one sees the request and two buttons; nothing is decided by opening it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.api.approvals.decide import decide_by_link
from services.api.approvals.fetch import Approval, fetch
from services.api.approvals.refusals import Refused
from services.api.context import Context
from services.api.identity import Identity
from services.api.links import Link
from services.api.pages import csrf, notices
from services.api.pages.decision_form import UnfitError, decision_of, typed_in
from services.api.pages.forms import Faults, Typed
from services.api.pages.inbox import Ours
from services.api.pages.notices import Notice
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import HEADERS, render
from services.api.pages.request_view import request_view
from services.api.pages.session import read_form
from services.api.problems import Problem
from temporal.messages.decide import Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

GONE = {
    "link-expired": (
        "This link has expired",
        "It was good for a limited time only, and nothing was decided by it since.",
    ),
    "closed": ("This request is no more", "The link was for one request, and that one is gone."),
}
"""Headings and texts for links that led somewhere once, by the problem's slug."""

UNKNOWN = (
    "This link does not work",
    "It is not one of ours, or it is not whole: copy it again from the message that it came in.",
)
NOT_YOURS = ("This link does not work", "Its request is not there, or who the link is for may not see it.")

ASK = "Ask whoever sent it for a new one, or sign in and look in your inbox."

UNTOLD = {"Referrer-Policy": "strict-origin"}
"""The address is a secret: what its page loads learns only the host."""


@router.get("/links/{token}")
async def link_page(request: Request, context: Ours, token: str, did: str = "") -> Response:
    """Shows the request of a link."""
    try:
        link, approval = await _opened(request, context, token)
    except Problem as problem:
        return _dead(problem)
    return _page(context, token, link, approval, notice=notices.done(did, approval.status, link.approver))


@router.post("/links/{token}")
async def decide_by(request: Request, context: Ours, token: str) -> Response:
    """Decides as the approver that the link names.

    Raises:
        Problem: The form was not sent from the link's own page (403), or something is away (503).
    """
    form = await read_form(request)
    if not csrf.same_token(token, form.get(csrf.FIELD, "")):
        raise Problem(403, "this form was not sent from the page of its link")
    try:
        link, approval = await _opened(request, context, token)
    except Problem as problem:
        return _dead(problem)
    typed = Typed(comment=typed_in(form).comment)
    try:
        answer = await decide_by_link(
            context, link, decision_of(form.get("outcome", ""), typed, approval.status)
        )
    except UnfitError as unfit:
        notice = notices.refused(Refused(Refusal.INVALID, ""), link.approver, "")
        return _page(
            context, token, link, approval, notice=notice, typed=typed, faults=unfit.faults, status=422
        )
    except Refused as refused:
        approval = await fetch(context, Identity(link.approver, link.groups), link.workflow_id)
        notice = notices.refused(refused, link.approver, typed.comment)
        return _page(context, token, link, approval, notice=notice, typed=typed, status=refused.status)
    except Problem as problem:
        return _dead(problem)
    return RedirectResponse(f"/links/{token}?did={notices.did(answer)}", 303, headers={**HEADERS, **UNTOLD})


async def _opened(request: Request, context: Context, token: str) -> tuple[Link, Approval]:
    """Reads a link and finds its request, as its approver sees it."""
    try:
        link = context.links.read(token)
    except Problem:
        await context.limits.take("unknown", request.client.host if request.client else "")
        raise
    await context.limits.take("subject", link.approver)
    approval = await fetch(context, Identity(link.approver, link.groups), link.workflow_id)
    if approval.status.approval_id != link.approval_id:
        raise Problem(410, "the request of this link is no more", slug="closed")
    return link, approval


def _dead(problem: Problem) -> Response:
    """Returns the page of a link that leads nowhere.

    Raises:
        Problem: It is not the link's fault.
    """
    if problem.status not in (404, 410):
        raise problem
    title, text = GONE.get(problem.slug, UNKNOWN if "link" in problem.detail else NOT_YOURS)
    context = {
        "me": None,
        "title": title,
        "lines": [text, ASK],
        "kept": [],
        "onward": {"href": "/inbox", "text": "Go to the inbox"},
    }
    return _untold(render("message.html", context, problem.status))


def _page(
    context: Context,
    token: str,
    link: Link,
    approval: Approval,
    *,
    notice: Notice | None = None,
    typed: Typed | None = None,
    faults: Faults | None = None,
    status: int = 200,
) -> Response:
    address = f"/links/{token}"
    view = request_view(approval, link.approver, href=address, live_href="")
    page = {
        "me": None,
        "view": view,
        "link": link,
        "notice": notice,
        "csrf": csrf.form_token(token),
        "action": address,
        "typed": typed or Typed(),
        "faults": faults or Faults(),
    }
    return _untold(render("link.html", page, status))


def _untold(response: Response) -> Response:
    response.headers.update(UNTOLD)
    return response
