"""The custom search attributes our workflows set.

An upsert of an attribute that the namespace does not know wedges the workflow task for ever, so the engine
registers these when it starts and the worker checks for them before it polls.
"""

from temporalio.common import SearchAttributeKey

WORKFLOW_PHASE = SearchAttributeKey.for_keyword("WorkflowPhase")
"""Where the workflow is: the value of its `get_status` phase."""

APPROVAL_REQUESTER = SearchAttributeKey.for_keyword("ApprovalRequester")
"""Who asked for the approval."""

APPROVAL_DEADLINE = SearchAttributeKey.for_datetime("ApprovalDeadline")
"""When the approval is decided by itself; absent when it waits without limit."""

APPROVAL_APPROVERS = SearchAttributeKey.for_keyword_list("ApprovalApprovers")
"""Who may decide: users, and groups as `group:NAME`; `anyone` when anybody may."""

APPROVAL_SETTLED_FOR = SearchAttributeKey.for_keyword_list("ApprovalSettledFor")
"""Whose word counts no more on an open request, though they are among its approvers: who has voted, and the
requester under four eyes. Digests of the names (`approval_rules.person_key`), so that a hundred fit."""

ALL = (WORKFLOW_PHASE, APPROVAL_REQUESTER, APPROVAL_DEADLINE, APPROVAL_APPROVERS, APPROVAL_SETTLED_FOR)
