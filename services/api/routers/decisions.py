"""Decide on a request, or take one back. Only by POST: what follows a link must decide nothing."""

from fastapi import APIRouter

from services.api.answers import DecidedOut
from services.api.approvals.decide import decide
from services.api.approvals.withdraw import withdraw
from services.api.bodies import DecisionBody, WithdrawalBody
from services.api.description import ALWAYS, problems
from services.api.identity import Caller
from services.api.parameters import App, IdempotencyKey, WorkflowId

router = APIRouter(tags=["decisions"])

CONTRACT = problems(*ALWAYS, 403, 404, 409, 410)
"""What a decision may be answered, by the contract."""


@router.post("/approvals/{id}/decisions", responses=CONTRACT)
async def decide_as_caller(
    workflow_id: WorkflowId, body: DecisionBody, caller: Caller, app: App, key: IdempotencyKey = None
) -> DecidedOut:
    """Decides as the caller; with an `Idempotency-Key` it may be sent again."""
    return DecidedOut.model_validate(await decide(app, caller, workflow_id, body, key))


@router.post("/approvals/{id}/withdrawal", responses=CONTRACT)
async def withdraw_as_caller(
    workflow_id: WorkflowId, body: WithdrawalBody, caller: Caller, app: App, key: IdempotencyKey = None
) -> DecidedOut:
    """Takes a request back, as its requester."""
    return DecidedOut.model_validate(await withdraw(app, caller, workflow_id, body, key))
