"""Takes a request back."""

from services.api.approvals.decide import id_by
from services.api.approvals.sending import send
from services.api.bodies import WithdrawalBody
from services.api.context import Context
from services.api.identity import Identity
from temporal.messages.decide import DecideAnswer, WithdrawInput


async def withdraw(
    context: Context,
    identity: Identity,
    workflow_id: str,
    body: WithdrawalBody,
    key: str | None = None,
    channel: str = "api",
) -> DecideAnswer:
    """Withdraws a request as the caller, who must be its requester; the rest is as `decide` says."""
    message = WithdrawInput(
        withdrawal_id=id_by(identity, workflow_id, key),
        by=identity.subject,
        reason=body.reason,
        channel=channel,
    )
    return await send(context, identity, workflow_id, message)
