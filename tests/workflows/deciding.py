"""Decides on approvals by Update, as the API does: the Update's id is the decision's."""

from dataclasses import replace
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from temporal.messages.approval import ApprovalRequest
from temporal.messages.decide import (
    DecideAnswer,
    DecideInput,
    Refusal,
    WithdrawInput,
    approval_id,
    signed_bytes,
)
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy, Trust
from temporal.messages.signing import public_key_of, sign
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.workflows.stage import ApprovalHandle

PRIVATE_KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
"""The API's key in tests: 32 bytes of 1."""

SIGNED = ApprovalPolicy(trust=Trust.AUTHENTICATED, signing_keys={"k1": public_key_of(PRIVATE_KEY)})


def laptop(policy: ApprovalPolicy | None = None, timeout_seconds: float | None = None) -> ApprovalRequest:
    """A request by rita, of a laptop for 900."""
    return ApprovalRequest(
        title="a laptop",
        requester="rita",
        details={"price": 900},
        timeout_seconds=timeout_seconds,
        policy=policy or ApprovalPolicy(),
    )


def approval(approver: str, decision_id: str = "", **fields: Any) -> DecideInput:
    """An approval; by default its id is made of the approver's name."""
    return DecideInput(
        decision_id=decision_id or f"of-{approver}", approver=approver, outcome=Outcome.APPROVED, **fields
    )


def rejection(approver: str, decision_id: str = "", **fields: Any) -> DecideInput:
    """A rejection; by default its id is made of the approver's name."""
    return replace(approval(approver, decision_id, **fields), outcome=Outcome.REJECTED)


def signed(handle: ApprovalHandle, message: DecideInput) -> DecideInput:
    """The decision as the API would send it to a request with the policy `SIGNED`."""
    message = replace(message, key_id="k1")
    data = signed_bytes(approval_id(handle.id, handle.first_execution_run_id or ""), message)
    return replace(message, signature=sign(PRIVATE_KEY, data))


async def decide(handle: ApprovalHandle, message: DecideInput) -> DecideAnswer:
    """Sends a decision and returns the answer."""
    return await handle.execute_update(ApprovalWorkflow.decide, message, id=message.decision_id)


async def withdraw(
    handle: ApprovalHandle, by: str, withdrawal_id: str = "w", reason: str = ""
) -> DecideAnswer:
    """Withdraws the request and returns the answer."""
    message = WithdrawInput(withdrawal_id=withdrawal_id, by=by, reason=reason)
    return await handle.execute_update(ApprovalWorkflow.withdraw, message, id=withdrawal_id)


def refusal_in(caught: pytest.ExceptionInfo[WorkflowUpdateFailedError], refusal: Refusal) -> ApplicationError:
    """Returns the error of a refused Update, which has to be of that type."""
    error = caught.value.cause
    assert isinstance(error, ApplicationError)
    assert (error.type, error.non_retryable) == (refusal, True)
    return error


async def refused(handle: ApprovalHandle, message: DecideInput, refusal: Refusal) -> ApplicationError:
    """Sends a decision that has to be refused, and returns the error."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await decide(handle, message)
    return refusal_in(caught, refusal)
