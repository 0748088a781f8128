"""One approval, whole."""

from dataclasses import dataclass

from services.api.approvals.found import Found, entitled, status_of, visible
from services.api.approvals.recorded import Recorded, visible_record
from services.api.context import Context
from services.api.identity import Identity
from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.policy import ApprovalPolicy
from temporal.workflows.approval_rules import tally


@dataclass(frozen=True, kw_only=True)
class Approval:
    """An approval as somebody sees it.

    Attributes:
        id: The workflow's id.
        run_id: Its latest run; empty when Temporal has forgotten it.
        running: Whether it has not ended.
        status: What the workflow says, or, when Temporal has forgotten it, the store: then without details,
            policy and edited payloads.
        may_decide: Whether the policy lets this somebody decide; the workflow has the last word.
    """

    id: str
    run_id: str
    running: bool
    status: ApprovalStatus
    may_decide: bool


async def fetch(context: Context, identity: Identity, workflow_id: str) -> Approval:
    """Returns an approval.

    Raises:
        Problem: There is none for the caller's eyes (404), or no worker, Temporal or store answers (503).
    """
    found = await visible(context, identity, workflow_id)
    if found is None:
        return _of_record(await visible_record(context, identity, workflow_id))
    status = await status_of(context, found)
    return _of_status(found, identity, status)


def _of_status(found: Found, identity: Identity, status: ApprovalStatus) -> Approval:
    return Approval(
        id=found.id,
        run_id=found.run_id,
        running=found.running,
        status=status,
        may_decide=found.running and entitled(identity, status),
    )


def _of_record(record: Recorded) -> Approval:
    votes = record.votes
    standing = tally(votes)
    status = ApprovalStatus(
        phase=ApprovalPhase.COMPLETED,
        title=record.title,
        requester=record.requester,
        decision=record.decision,
        votes=votes,
        policy=ApprovalPolicy(),
        approvals=standing.approvals,
        rejections=standing.rejections,
        approval_id=record.approval_id,
    )
    return Approval(id=record.id, run_id="", running=False, status=status, may_decide=False)
