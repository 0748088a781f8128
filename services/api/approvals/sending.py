"""Sends a decision or a withdrawal to its workflow and says what became of it, whenever it comes."""

from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from services.api.approvals.first_answer import first_answer, first_answer_on_record
from services.api.approvals.found import QUORUM, SIGNING_KEYS, Found, status_of, visible
from services.api.approvals.recorded import visible_record
from services.api.approvals.refusals import Refused, audit_refusal, closed, refusal_by, refusal_of
from services.api.context import Context
from services.api.identity import Identity
from services.api.temporal_link import gone
from temporal.messages.approval import ApprovalResult
from temporal.messages.decide import DecideAnswer, DecideInput, WithdrawInput
from temporal.workflows.decision_book import digest_of, id_of

CUT_OFF = "AcceptedUpdateCompletedWorkflow"
"""The type of the error of an Update that the server had let in when its workflow ended."""


async def send(
    context: Context, identity: Identity, workflow_id: str, message: DecideInput | WithdrawInput
) -> DecideAnswer:
    """Sends the caller's message to an approval and returns its answer.

    The same message with the same id again gets the first answer again, also after the workflow's end and
    after Temporal has forgotten it.

    Args:
        context: The app's.
        identity: Who sends.
        workflow_id: Which approval.
        message: What is sent; not signed yet.

    Raises:
        Refused: By the contract (403, 409, 410, 422); it is in the audit then.
        Problem: There is no such approval for the caller's eyes (404), or something is away (503).
    """
    found = await visible(context, identity, workflow_id)
    if found is not None:
        return await send_to(context, found, message)
    record = await visible_record(context, identity, workflow_id)
    if answer := first_answer_on_record(record, message):
        return answer
    refused = refusal_by(record.decision)
    await audit_refusal(context, record.approval_id, record.id, record.requester, message, refused)
    raise refused


async def send_to(context: Context, found: Found, message: DecideInput | WithdrawInput) -> DecideAnswer:
    """Sends a message to an approval that its sender may see; the rest is as `send` says."""
    try:
        if found.running and (answer := await _updated(context, found, message)):
            return answer
        return await _after_the_end(context, found, message)
    except Refused as refused:
        await audit_refusal(context, found.approval_id, found.id, found.requester, message, refused)
        raise


async def _updated(
    context: Context, found: Found, message: DecideInput | WithdrawInput
) -> DecideAnswer | None:
    """Returns the workflow's answer; None when it has ended without one."""
    named = await _named_keys(context, found)
    signed = context.signing.signed(found.approval_id, message, named)
    handle = context.temporal.client.get_workflow_handle(found.id)

    async def in_turn() -> DecideAnswer:
        async with context.updates.turn(found.id):
            answer: DecideAnswer = await handle.execute_update(
                "decide" if isinstance(message, DecideInput) else "withdraw",
                signed,
                # With the content in it: under the same id the server answers as before without a look at it,
                # and the workflow could never refuse an id that comes again for something else.
                id=f"{id_of(message)}-{digest_of(message)[:16]}",
                result_type=DecideAnswer,
            )
        return answer

    try:
        return await context.temporal.ask(in_turn())
    except WorkflowUpdateFailedError as error:
        if refused := refusal_of(error.cause):
            raise refused from error
        if isinstance(error.cause, ApplicationError) and error.cause.type == CUT_OFF:
            return None
        raise
    except RPCError as error:
        if gone(error):
            return None
        raise


async def _named_keys(context: Context, found: Found) -> dict[str, str]:
    """Returns the keys of the policy: from the memo of a request that the API made, else from a worker."""
    known = found.memo.get(SIGNING_KEYS)
    if isinstance(known, dict):
        return {str(name): str(key) for name, key in known.items()}
    return (await status_of(context, found)).policy.signing_keys


async def _after_the_end(
    context: Context, found: Found, message: DecideInput | WithdrawInput
) -> DecideAnswer:
    handle = context.temporal.client.get_workflow_handle(
        found.id, run_id=found.run_id, result_type=ApprovalResult
    )
    try:
        result: ApprovalResult = await context.temporal.ask(handle.result())
    except WorkflowFailureError:
        raise closed() from None
    quorum = found.memo.get(QUORUM)
    if answer := first_answer(result, message, quorum if isinstance(quorum, int) else 1):
        return answer
    raise refusal_by(result.decision)
