"""Make a request, list requests, look at one."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from services.api.answers import ApprovalOut, CreatedOut, ItemOut, PageOut
from services.api.approvals.create import create
from services.api.approvals.fetch import fetch
from services.api.approvals.listing import MAX_PAGE, Scope, listing
from services.api.bodies import ApprovalBody
from services.api.description import ALWAYS, problems
from services.api.identity import Caller
from services.api.parameters import App, IdempotencyKey, WorkflowId
from temporal.messages.approval import ApprovalPhase

router = APIRouter(tags=["approvals"])

MINE = "mine: those that I may decide; with phase=pending, those on which my word still counts."

LOCATION = {"Location": {"description": "The approval's address.", "schema": {"type": "string"}}}

SAME: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The same key and body came before; nothing was made.",
        "model": CreatedOut,
        "headers": LOCATION,
    },
    201: {"headers": LOCATION},
}


@router.post("/approvals", status_code=201, responses={**SAME, **problems(*ALWAYS, 409)})
async def make(
    body: ApprovalBody, caller: Caller, app: App, response: Response, key: IdempotencyKey = None
) -> CreatedOut:
    """Asks for an approval, as the caller."""
    made = await create(app, caller, body, key)
    response.status_code = 201 if made.is_new else 200
    response.headers["Location"] = f"/approvals/{quote(made.id, safe='')}"
    return CreatedOut.model_validate(made)


@router.get("/approvals", responses=problems(*ALWAYS))
async def list_approvals(
    caller: Caller,
    app: App,
    scope: Annotated[Scope, Query(description=MINE)] = Scope.MINE,
    phase: Annotated[ApprovalPhase | None, Query(description="pending: those that wait.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    page: Annotated[str, Query(max_length=4_000, description="`next_page` of the page before.")] = "",
) -> PageOut:
    """Lists approvals, the newest first."""
    found = await listing(app, caller, scope, phase, limit, page)
    items = [ItemOut.model_validate(item) for item in found.items]
    return PageOut(items=items, next_page=found.next_page)


@router.get("/approvals/{id}", responses=problems(*ALWAYS, 404))
async def get_approval(workflow_id: WorkflowId, caller: Caller, app: App) -> ApprovalOut:
    """Shows one approval, whole."""
    found = await fetch(app, caller, workflow_id)
    return ApprovalOut.model_validate(
        {
            **vars(found.status),
            "id": found.id,
            "running": found.running,
            "may_decide": found.may_decide,
        },
        from_attributes=True,
    )
