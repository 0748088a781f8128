"""Makes a request: starts its workflow, once for each key of the caller."""

import hashlib
import uuid

from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from services.api.approvals.found import DIGEST, QUORUM, SIGNING_KEYS, TITLE, described, keyword
from services.api.approvals.recorded import recorded
from services.api.bodies import ApprovalBody
from services.api.context import Context
from services.api.identity import UNSEARCHABLE, Identity
from services.api.problems import Problem, invalid
from temporal.cli.lookup import APPROVAL
from temporal.messages import search_attributes
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decide import approval_id
from temporal.messages.decision import canonical_json
from temporal.messages.policy import ApprovalPolicy, Trust, approver_names
from temporal.workflows.approval_rules import settled_for


class Created:
    """A request that was made.

    Attributes:
        id: The workflow's id.
        approval_id: The approval's id in the audit.
        title: What is asked.
        requester: Who asks.
        is_new: Whether it was made now, and not when the same key came first.
    """

    def __init__(self, workflow_id: str, approval: str, request: ApprovalRequest, *, is_new: bool) -> None:
        self.id = workflow_id
        self.approval_id = approval
        self.title = request.title
        self.requester = request.requester
        self.is_new = is_new


async def create(context: Context, identity: Identity, body: ApprovalBody, key: str | None = None) -> Created:
    """Makes a request whose requester is the caller.

    Args:
        context: The app's.
        identity: Who asks.
        body: What for.
        key: The caller's idempotency key: the same key and body again is the same request. It holds as long
            as Temporal keeps the workflow, and after that is refused.

    Raises:
        Problem: The request cannot be used (422), the key was used for another one (409), or Temporal is
            away (503).
    """
    request = request_of(context, identity, body)
    workflow_id = f"approval-{_digest(identity.subject, key)[:32] if key else uuid.uuid4().hex}"
    digest = hashlib.sha256(canonical_json(body.model_dump(mode="json"))).hexdigest()
    if key and await recorded(context, workflow_id) is not None:  # Temporal may have forgotten it
        return await _made_before(context, workflow_id, request, digest)
    try:
        handle = await context.temporal.ask(
            context.temporal.client.start_workflow(
                APPROVAL,
                request,
                id=workflow_id,
                task_queue=context.settings.core.worker.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=request.title,
                memo={
                    TITLE: request.title,
                    DIGEST: digest,
                    SIGNING_KEYS: dict(request.policy.signing_keys),
                    QUORUM: request.policy.quorum,
                },
                search_attributes=_attributes(request),
            )
        )
    except WorkflowAlreadyStartedError:  # by the same key
        return await _made_before(context, workflow_id, request, digest)
    run_id = handle.result_run_id or ""
    return Created(workflow_id, approval_id(workflow_id, run_id), request, is_new=True)


def request_of(context: Context, identity: Identity, body: ApprovalBody) -> ApprovalRequest:
    """Returns what the workflow is given.

    Raises:
        Problem: It cannot be used (422).
    """
    policy = ApprovalPolicy(
        **dict(body.policy),
        trust=Trust.AUTHENTICATED,
        signing_keys=context.signing.of_new_requests,
    )
    request = ApprovalRequest(
        title=body.title,
        requester=identity.subject,
        details=dict(body.details),
        timeout_seconds=body.timeout_seconds,
        policy=policy,
    )
    if problems := request.problems() or unsearchable(policy):
        raise invalid(problems)
    return request


def unsearchable(policy: ApprovalPolicy) -> list[str]:
    """Returns which names of a policy nobody could have, because they cannot be searched for."""
    return [
        f"policy: {name!r} holds a quotation mark or a backslash"
        for name in approver_names(policy, escalated=True)
        if UNSEARCHABLE.intersection(name)
    ]


def _attributes(request: ApprovalRequest) -> TypedSearchAttributes:
    """Returns what the workflow sets too: so it can be found and seen before its first task."""
    names = [keyword(name) for name in approver_names(request.policy, escalated=False)]
    settled = settled_for([], request.policy, request.requester)
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.APPROVAL_REQUESTER, keyword(request.requester)),
            SearchAttributePair(search_attributes.APPROVAL_APPROVERS, names),
            *([SearchAttributePair(search_attributes.APPROVAL_SETTLED_FOR, settled)] if settled else []),
        ]
    )


async def _made_before(context: Context, workflow_id: str, request: ApprovalRequest, digest: str) -> Created:
    found = await described(context, workflow_id)
    if found is None:
        raise Problem(409, "the Idempotency-Key was used for a request that has ended", slug="key-reused")
    if found.memo.get(DIGEST) != digest:
        raise Problem(409, "the Idempotency-Key was used for another request", slug="key-reused")
    return Created(workflow_id, found.approval_id, request, is_new=False)


def _digest(*parts: str) -> str:
    return hashlib.sha256(canonical_json(parts)).hexdigest()
