"""Signed links for mail and chat."""

from fastapi import APIRouter

from services.api.answers import LinkOut
from services.api.approvals.make_link import make_link
from services.api.bodies import LinkBody
from services.api.description import ALWAYS, problems
from services.api.identity import Caller
from services.api.parameters import App, WorkflowId

router = APIRouter(tags=["links"])


@router.post("/approvals/{id}/links", status_code=201, responses=problems(*ALWAYS, 403, 404, 410))
async def make(workflow_id: WorkflowId, body: LinkBody, caller: Caller, app: App) -> LinkOut:
    """Makes a link by which one approver can decide; takes the role admin or service."""
    return LinkOut.model_validate(await make_link(app, caller, workflow_id, body))
