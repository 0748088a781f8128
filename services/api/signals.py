"""Sends a signal to a running workflow that is no approval: nobody forges an approver past the API."""

from temporalio.service import RPCError, RPCStatusCode

from services.api.answers import SignalOut
from services.api.bodies import SignalBody
from services.api.context import Context
from services.api.identity import Identity, Role
from services.api.problems import Problem, invalid
from services.api.temporal_link import gone
from temporal.cli.lookup import APPROVAL

RESERVED = "__temporal"
"""What the SDK's own signals begin with."""


async def send_signal(
    context: Context, identity: Identity, workflow_id: str, signal: str, body: SignalBody
) -> SignalOut:
    """Sends a signal as an operator.

    Raises:
        Problem: The caller is no operator or the workflow an approval (403), there is no such workflow (404),
            it has ended (410), the signal's name is reserved (422), or Temporal is away (503).
    """
    identity.require(Role.OPERATOR)
    if signal.startswith(RESERVED):
        raise invalid([f"name: must not begin with {RESERVED}"])
    client = context.temporal.client
    try:
        found = await context.temporal.ask(client.get_workflow_handle(workflow_id).describe())
    except RPCError as error:
        if gone(error) or error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise Problem(404, "there is no such workflow") from error
        raise
    if found.workflow_type == APPROVAL:
        raise Problem(403, "an approval is decided by POST /approvals/{id}/decisions")
    if found.close_time is not None:
        raise _ended()
    arguments = [body.payload] if "payload" in body.model_fields_set else []
    # This run and no other: the next one under the id could be an approval.
    handle = client.get_workflow_handle(workflow_id, run_id=found.run_id)
    try:
        await context.temporal.ask(handle.signal(signal, args=arguments))
    except RPCError as error:
        if gone(error):
            raise _ended() from error
        raise
    return SignalOut(workflow_id=workflow_id, run_id=found.run_id, signal=signal)


def _ended() -> Problem:
    return Problem(410, "this run of the workflow has ended")
