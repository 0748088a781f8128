"""What happened to an approval."""

from fastapi import APIRouter

from services.api.answers import EventOut, HistoryOut
from services.api.approvals.history import history
from services.api.description import ALWAYS, problems
from services.api.identity import Caller
from services.api.parameters import App, WorkflowId

router = APIRouter(tags=["approvals"])


@router.get("/approvals/{id}/history", responses=problems(*ALWAYS, 404))
async def get_history(workflow_id: WorkflowId, caller: Caller, app: App) -> HistoryOut:
    """Shows what happened, the oldest first; refusals are shown to admins and auditors."""
    events = await history(app, caller, workflow_id)
    return HistoryOut(id=workflow_id, events=[EventOut.model_validate(event) for event in events])
