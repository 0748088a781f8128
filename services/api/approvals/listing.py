"""Lists of approvals, from visibility: what waits for me, what I asked for, all that I may see."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio.client import WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from services.api.approvals.decided import decided_among
from services.api.approvals.found import TITLE, deadline_of, keyword, may_see, phase_of
from services.api.approvals.visibility_query import any_of, both, either, equals, none_of
from services.api.context import Context
from services.api.identity import Identity
from services.api.problems import invalid
from temporal.cli.lookup import APPROVAL
from temporal.messages import search_attributes
from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import approval_id
from temporal.workflows.approval_rules import person_key

MAX_PAGE = 200
"""Most approvals on one page."""

APPROVERS = search_attributes.APPROVAL_APPROVERS.name
REQUESTER = search_attributes.APPROVAL_REQUESTER.name
SETTLED_FOR = search_attributes.APPROVAL_SETTLED_FOR.name
PHASE = search_attributes.WORKFLOW_PHASE.name


class Scope(StrEnum):
    """Which approvals are listed."""

    MINE = "mine"
    """Those that the caller may decide; of those that wait, the ones on which the caller's word still counts:
    not those on which they have voted, nor their own under four eyes, nor what is decided already."""
    REQUESTED = "requested"
    """Those that the caller asked for."""
    ALL = "all"
    """All that the caller may see."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One approval in a list.

    Attributes:
        id: The workflow's id.
        title: What is asked; empty for a request that was not made through the API.
        requester: Who asks; empty for one that was not validated yet.
        phase: Where it is.
        running: Whether it has not ended.
        deadline: When it is decided by itself; None waits without limit.
        started_at: When it was made.
        closed_at: When it ended.
    """

    id: str
    title: str
    requester: str
    phase: ApprovalPhase
    running: bool
    deadline: datetime | None
    started_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Page:
    """One page of a list, the newest first; `next_page` is what asks for the next one, empty on the last."""

    items: list[Item]
    next_page: str


async def listing(
    context: Context,
    identity: Identity,
    scope: Scope = Scope.MINE,
    phase: ApprovalPhase | None = None,
    limit: int = 50,
    page: str = "",
) -> Page:
    """Lists approvals. Visibility is a moment behind: what was just made or decided shows after some 10 ms.

    A page may hold fewer than `limit` and still not be the last.

    Args:
        context: The app's.
        identity: Who asks.
        scope: Which approvals.
        phase: Only those in this phase; `pending` are those that wait for a decision.
        limit: How many on a page, 1 to 200.
        page: The `next_page` of the page before; holds for the same caller, scope and phase.

    Raises:
        Problem: `page` is none of this list's (422), or Temporal is away (503).
    """
    query = query_of(identity, scope, phase)
    seal = context.links.seal(f"page of {query}")
    found = context.temporal.client.list_workflows(
        query, page_size=limit, next_page_token=_opened(page, seal) if page else None
    )
    try:
        await context.temporal.ask(found.fetch_next_page())
    except RPCError as error:
        if error.status is RPCStatusCode.INVALID_ARGUMENT and page:
            raise invalid(["page: is no page of this list"]) from error
        raise
    executions = [each for each in found.current_page or [] if shown(each, identity, scope, phase)]
    if scope is Scope.MINE and phase is ApprovalPhase.PENDING:
        executions = await _undecided(context, executions)
    items = [await _item(execution) for execution in executions]
    return Page(items, _sealed(found.next_page_token, seal) if found.next_page_token else "")


def query_of(identity: Identity, scope: Scope, phase: ApprovalPhase | None) -> str:
    """Returns the visibility query of a list; it holds nothing that the caller may not see."""
    may_decide = any_of(APPROVERS, sorted(keyword(name) for name in identity.names))
    asked = equals(REQUESTER, keyword(identity.subject))
    parts = [equals("WorkflowType", APPROVAL)]
    if scope is Scope.MINE:
        parts.append(may_decide)
    elif scope is Scope.REQUESTED:
        parts.append(asked)
    elif not identity.sees_all:
        parts.append(either(may_decide, asked))
    if phase is not None:
        parts.append(equals(PHASE, phase.value))
    if phase is ApprovalPhase.PENDING:  # one that was terminated keeps its phase for ever
        parts.append(equals("ExecutionStatus", "Running"))
    if scope is Scope.MINE and phase is ApprovalPhase.PENDING:
        own = person_key(identity.subject)
        # NULL first: on PostgreSQL a list that is not there is neither in nor not in anything.
        parts.append(either(f"{SETTLED_FOR} IS NULL", none_of(SETTLED_FOR, [own])))
    return both(*parts)


def shown(
    execution: WorkflowExecution, identity: Identity, scope: Scope, phase: ApprovalPhase | None = None
) -> bool:
    """Returns whether an approval belongs into a list, whatever visibility found alike.

    On SQLite it compares the names in a list without regard to case (Server 1.32.0).
    """
    known = execution.typed_search_attributes
    requester = known.get(search_attributes.APPROVAL_REQUESTER) or ""
    approvers = frozenset(known.get(search_attributes.APPROVAL_APPROVERS) or ())
    if scope is Scope.REQUESTED:
        return requester == keyword(identity.subject)
    if scope is Scope.MINE:
        settled = known.get(search_attributes.APPROVAL_SETTLED_FOR) or ()
        if phase is ApprovalPhase.PENDING and person_key(identity.subject) in settled:
            return False
        return bool(approvers & {keyword(name) for name in identity.names})
    return may_see(identity, requester, approvers)


async def _undecided(context: Context, executions: list[WorkflowExecution]) -> list[WorkflowExecution]:
    names = {execution.run_id: approval_id(execution.id, execution.run_id) for execution in executions}
    decided = await decided_among(context, names.values())
    return [execution for execution in executions if names[execution.run_id] not in decided]


async def _item(execution: WorkflowExecution) -> Item:
    title = (await execution.memo()).get(TITLE, "")
    return Item(
        id=execution.id,
        title=title if isinstance(title, str) else "",
        requester=execution.typed_search_attributes.get(search_attributes.APPROVAL_REQUESTER) or "",
        phase=phase_of(execution),
        running=execution.close_time is None,
        deadline=deadline_of(execution),
        started_at=execution.start_time,
        closed_at=execution.close_time,
    )


def _sealed(token: bytes, seal: bytes) -> str:
    """Returns the server's page token with proof that it is of this list: the server gets no made-up ones."""
    proof = hmac.digest(seal, token, "sha256")[:16]
    return base64.urlsafe_b64encode(proof + token).decode()


def _opened(page: str, seal: bytes) -> bytes:
    try:
        content = base64.urlsafe_b64decode(page.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        content = b""
    proof, token = content[:16], content[16:]
    if not token or not hmac.compare_digest(proof, hmac.digest(seal, token, "sha256")[:16]):
        raise invalid(["page: is no page of this list"])
    return token
