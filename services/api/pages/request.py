"""One request: its page, and the parts of it that keep themselves up to date."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.api.approvals.fetch import Approval, fetch
from services.api.context import Context
from services.api.identity import Identity
from services.api.pages import addresses, notices
from services.api.pages.forms import Faults, Typed
from services.api.pages.inbox import Ours
from services.api.pages.lists import LISTS
from services.api.pages.notices import Notice
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import render
from services.api.pages.request_view import RequestView, request_view
from services.api.pages.session import Reader, Session
from temporal.store.audit import AuditEntry, AuditKind, audit_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

RequestId = Annotated[str, Path(alias="id", min_length=1, max_length=255)]
"""The workflow's id, the rest of the address."""

NO_FAULTS = Faults()


@router.get(addresses.REQUEST + "{id:path}")
async def request_page(
    reader: Reader, context: Ours, workflow_id: RequestId, did: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Shows a request, with a form for whoever may decide."""
    approval = await fetch(context, reader.identity, workflow_id)
    return await show(
        reader, context, approval, notice=notices.done(did, approval.status, reader.identity.subject)
    )


@router.get(addresses.LIVE + "{id:path}")
async def live(reader: Reader, context: Ours, workflow_id: RequestId, may: str = "no") -> Response:
    """Shows the state and the story of a request; the page swaps both.

    `may` tells whether the page has the form, so that it can say when somebody who had none may decide now.
    """
    view = await view_of(context, await fetch(context, reader.identity, workflow_id), reader.identity)
    return render("request_live.html", {"view": view, "shown_may": may == "yes", "out_of_band": True})


async def view_of(context: Context, approval: Approval, reader: Identity) -> RequestView:
    """Puts a request into words for its page; refused decisions are for admins and auditors."""
    core, api = context.settings.core, context.settings.api
    refusals: list[AuditEntry] = []
    if reader.sees_all:
        name = approval.status.approval_id
        entries = await context.store.run(lambda engine: audit_of(engine, name))
        refusals = [entry for entry in entries if entry.kind is AuditKind.REFUSAL]
    return request_view(
        approval,
        reader.subject,
        refusals=refusals,
        href=addresses.of(addresses.REQUEST, approval.id),
        live_href=addresses.of(addresses.LIVE, approval.id),
        ui=addresses.temporal_ui(api.ui_url, core.connection.namespace, approval.id)
        if approval.run_id
        else "",
    )


async def show(
    reader: Session,
    context: Context,
    approval: Approval,
    *,
    notice: Notice | None = None,
    typed: Typed | None = None,
    faults: Faults = NO_FAULTS,
    decision_id: str | None = None,
    status: int = 200,
) -> Response:
    """Returns a request's page.

    Args:
        reader: Who reads it.
        context: The app's.
        approval: The request.
        notice: What stands on top.
        typed: What the forms hold; by default nothing, and the payload as it was asked.
        faults: What is wrong with that.
        decision_id: The id that the form sends; by default a new one. A form shown again keeps its own.
        status: The HTTP status.
    """
    view = await view_of(context, approval, reader.identity)
    context_of_page = {
        "me": reader.identity,
        "csrf": reader.form_token,
        "lists": LISTS,
        "view": view,
        "shown_may": view.may_decide,
        "out_of_band": False,
        "notice": notice,
        "typed": typed or Typed(edited=view.json),
        "faults": faults,
        "action": addresses.of(addresses.DECIDE, approval.id),
        "withdraw_action": addresses.of(addresses.WITHDRAW, approval.id),
        "decision_id": decision_id or uuid.uuid4().hex,
    }
    return render("request.html", context_of_page, status)
