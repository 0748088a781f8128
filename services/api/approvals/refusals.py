"""What a refusal of the workflow means over HTTP, and its entry in the audit."""

import logging
from collections.abc import Sequence
from typing import Any

from temporalio.exceptions import ApplicationError

from services.api.context import Context
from services.api.problems import Problem
from temporal.messages.decide import DecideInput, Refusal, WithdrawInput
from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Outcome
from temporal.store.audit import record_refusal

STATUS = {
    Refusal.INVALID: 422,
    Refusal.NOT_ALLOWED: 403,
    Refusal.ALREADY_DECIDED: 409,
    Refusal.ALREADY_VOTED: 409,
    Refusal.ID_REUSED: 409,
    Refusal.TIMED_OUT: 410,
    Refusal.CLOSED: 410,
}
"""The contract: what each refusal is over HTTP."""

SLUGS = {
    Refusal.INVALID: "invalid",
    Refusal.NOT_ALLOWED: "not-allowed",
    Refusal.ALREADY_DECIDED: "already-decided",
    Refusal.ALREADY_VOTED: "already-voted",
    Refusal.ID_REUSED: "decision-id-reused",
    Refusal.TIMED_OUT: "timed-out",
    Refusal.CLOSED: "closed",
}

log = logging.getLogger(__name__)


class Refused(Problem):
    """A decision that was refused, and by which row of the contract."""

    def __init__(self, refusal: Refusal, reason: str, decision: Decision | None = None) -> None:
        self.refusal = refusal
        errors = [reason] if refusal is Refusal.INVALID else None
        super().__init__(STATUS[refusal], reason, slug=SLUGS[refusal], errors=errors, decision=decision)


def refusal_of(error: BaseException | None) -> Refused | None:
    """Returns what the workflow's refusal means; None when the error is none."""
    if not isinstance(error, ApplicationError) or error.type not in set(Refusal):
        return None
    return Refused(Refusal(error.type), error.message, _decision_in(error.details))


def refusal_by(decision: Decision) -> Refused:
    """Returns how a decision on a request is refused that has ended with another one."""
    if decision.outcome is Outcome.WITHDRAWN:
        return Refused(Refusal.CLOSED, f"withdrawn by {decision.decided_by}", decision)
    if decision.decided_by == TIMEOUT_APPROVER:
        return Refused(Refusal.TIMED_OUT, f"{decision.outcome}: nobody decided in time", decision)
    return Refused(Refusal.ALREADY_DECIDED, f"already {decision.outcome} by {decision.decided_by}", decision)


def closed() -> Refused:
    """Returns how a decision on a request is refused that was canceled, failed or terminated."""
    return Refused(Refusal.CLOSED, "the request has ended without a decision")


def _decision_in(details: Sequence[Any]) -> Decision | None:
    """Returns the outcome that a refusal carries, as its decoder left it."""
    if not details:
        return None
    said = details[0]
    if isinstance(said, Decision):
        return said
    if not isinstance(said, dict):
        return None
    known = {name: said[name] for name in Decision.__dataclass_fields__ if name in said}
    return Decision(**{**known, "outcome": Outcome(known["outcome"])})


async def audit_refusal(
    context: Context,
    approval_id: str,
    workflow_id: str,
    requester: str,
    message: DecideInput | WithdrawInput,
    refused: Refused,
) -> None:
    """Writes a refusal into the audit. It stands whether or not the store takes it: then the log says so."""
    by, named = (
        (message.approver, message.decision_id)
        if isinstance(message, DecideInput)
        else (message.by, message.withdrawal_id)
    )
    try:
        await context.store.run(
            lambda engine: record_refusal(
                engine,
                approval_id=approval_id,
                workflow_id=workflow_id,
                requester=requester,
                decision_id=named,
                who=by,
                what=refused.refusal.value,
                why=refused.detail,
                channel=message.channel,
            )
        )
    except Problem:
        log.error(
            "a refusal could not be audited", extra={"approval": approval_id, "what": refused.refusal.value}
        )
