"""One approval as the server knows it without a worker, and whether somebody may see it."""

from dataclasses import dataclass
from datetime import datetime

from temporalio.client import WorkflowExecution, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from services.api.context import Context
from services.api.identity import Identity
from services.api.problems import not_found
from temporal.cli.lookup import APPROVAL
from temporal.cli.rpc_errors import is_unknown_workflow
from temporal.messages import decide, search_attributes
from temporal.messages.approval import ApprovalPhase, ApprovalStatus
from temporal.messages.policy import approver_names
from temporal.workflows.approval_rules import barred
from temporal.workflows.visibility import KEYWORD_BYTES, shortened

SIGNING_KEYS, TITLE, DIGEST, QUORUM = "signing_keys", "title", "request_digest", "quorum"
"""What the API writes into the memo of a workflow that it starts."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An approval's workflow.

    Attributes:
        id: The workflow's id, which is the approval's in the API.
        run_id: Its latest run.
        approval_id: The approval's id in the audit, in signatures and in links.
        running: Whether it has not ended.
        requester: Who asks; empty before the request was validated.
        approvers: Who may decide, groups as `group:NAME`; empty before the request was validated.
        memo: What the API wrote when it started it; empty for others' requests.
    """

    id: str
    run_id: str
    approval_id: str
    running: bool
    requester: str
    approvers: frozenset[str]
    memo: dict[str, object]


async def described(context: Context, workflow_id: str) -> Found | None:
    """Returns what the server knows of an approval; None when it knows none under the id.

    Raises:
        Problem: Temporal is away (503).
    """
    client = context.temporal.client
    try:
        found = await context.temporal.ask(client.get_workflow_handle(workflow_id).describe())
    except RPCError as error:
        if is_unknown_workflow(error) or error.status is RPCStatusCode.INVALID_ARGUMENT:  # no such id can be
            return None
        raise
    if found.workflow_type != APPROVAL:
        return None
    return await _found(found)


async def _found(found: WorkflowExecutionDescription) -> Found:
    known = found.typed_search_attributes
    first_run = found.raw_description.workflow_execution_info.first_run_id or found.run_id
    return Found(
        id=found.id,
        run_id=found.run_id,
        approval_id=decide.approval_id(found.id, first_run),
        running=found.close_time is None,
        requester=known.get(search_attributes.APPROVAL_REQUESTER) or "",
        approvers=frozenset(known.get(search_attributes.APPROVAL_APPROVERS) or ()),
        memo=dict(await found.memo()),
    )


def phase_of(execution: WorkflowExecution) -> ApprovalPhase:
    """Returns where an approval is, as far as the server can tell without a worker."""
    shown = execution.typed_search_attributes.get(search_attributes.WORKFLOW_PHASE)
    if shown in set(ApprovalPhase):
        return ApprovalPhase(shown)
    return ApprovalPhase.VALIDATING


def deadline_of(execution: WorkflowExecution) -> datetime | None:
    """Returns when an approval is decided by itself."""
    return execution.typed_search_attributes.get(search_attributes.APPROVAL_DEADLINE)


def may_see(identity: Identity, requester: str, approvers: frozenset[str]) -> bool:
    """Returns whether somebody may see an approval: who asks, who may decide, admins and auditors."""
    return (
        identity.sees_all
        or keyword(identity.subject) == requester
        or bool(approvers & {keyword(name) for name in identity.names})
    )


def keyword(name: str) -> str:
    """Returns a name as a search attribute holds it."""
    return shortened(name, KEYWORD_BYTES)


def entitled(identity: Identity, status: ApprovalStatus) -> bool:
    """Returns whether the policy lets somebody decide; the workflow has the last word."""
    return not barred(
        status.policy, status.requester, identity.subject, identity.groups, escalated=status.escalated
    )


async def visible(context: Context, identity: Identity, workflow_id: str) -> Found | None:
    """Returns an approval that somebody may see; None when Temporal has none under the id (any more).

    Raises:
        Problem: It is not for their eyes (404), or Temporal is away (503).
    """
    found = await described(context, workflow_id)
    if found is None:
        return None
    if found.requester and found.approvers:
        allowed = may_see(identity, found.requester, found.approvers)
    else:  # not validated yet, or started before the attribute was there: only a worker knows
        status = await status_of(context, found)
        names = frozenset(approver_names(status.policy, escalated=status.escalated))
        allowed = may_see(identity, keyword(status.requester), names)
    if not allowed:
        raise not_found()
    return found


async def status_of(context: Context, found: Found) -> ApprovalStatus:
    """Asks a worker for an approval's status, also after its end.

    Raises:
        Problem: No worker answers, or Temporal is away (503).
    """
    handle = context.temporal.client.get_workflow_handle(found.id, run_id=found.run_id)
    status: ApprovalStatus = await context.temporal.ask(
        handle.query("get_status", result_type=ApprovalStatus)
    )
    return status
