"""Signals to workflows other than approvals."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.api.answers import SignalOut
from services.api.bodies import SignalBody
from services.api.description import ALWAYS, problems
from services.api.identity import Caller
from services.api.parameters import PRINTABLE, App, WorkflowId
from services.api.signals import send_signal

router = APIRouter(tags=["signals"])

Signal = Annotated[str, Path(alias="name", min_length=1, max_length=200, pattern=PRINTABLE)]


@router.post("/workflows/{id}/signals/{name}", responses=problems(*ALWAYS, 403, 404, 410))
async def send(
    workflow_id: WorkflowId, signal: Signal, body: SignalBody, caller: Caller, app: App
) -> SignalOut:
    """Sends a signal; takes the role operator, and never reaches an approval."""
    return await send_signal(app, caller, workflow_id, signal, body)
