"""Decides on a request: by the API, by the page, or by a signed link."""

import hashlib
import uuid

from services.api.approvals.found import described
from services.api.approvals.recorded import recorded
from services.api.approvals.sending import send, send_to
from services.api.bodies import DecisionBody
from services.api.context import Context
from services.api.identity import Identity
from services.api.links import Link
from services.api.problems import Problem
from temporal.messages.decide import DecideAnswer, DecideInput
from temporal.messages.decision import Outcome, canonical_json


async def decide(
    context: Context,
    identity: Identity,
    workflow_id: str,
    body: DecisionBody,
    key: str | None = None,
    channel: str = "api",
) -> DecideAnswer:
    """Decides as the caller.

    Args:
        context: The app's.
        identity: Who decides.
        workflow_id: On which request.
        body: What.
        key: The caller's idempotency key: the same key and body again gets the first answer again.
        channel: The way that it came: `api` or `page`.

    Raises:
        Refused: By the contract: 403, 409 with the winner, 410 with the outcome, 422.
        Problem: There is no such approval for the caller's eyes (404), or something is away (503).
    """
    message = DecideInput(
        decision_id=id_by(identity, workflow_id, key),
        approver=identity.subject,
        outcome=Outcome(body.outcome),
        groups=list(identity.groups),
        comment=body.comment,
        edited=None if body.edited is None else dict(body.edited),
        channel=channel,
    )
    return await send(context, identity, workflow_id, message)


async def decide_by_link(context: Context, link: Link, body: DecisionBody) -> DecideAnswer:
    """Decides as the approver that a link names; once, because every approver has one vote.

    Raises:
        Refused: As `decide`.
        Problem: The link's request is no more (404 or 410), or something is away (503).
    """
    identity = Identity(link.approver, link.groups)
    message = DecideInput(
        decision_id=f"link-{link.link_id}",
        approver=link.approver,
        outcome=Outcome(body.outcome),
        groups=list(link.groups),
        comment=body.comment,
        edited=None if body.edited is None else dict(body.edited),
        channel="link",
    )
    found = await described(context, link.workflow_id)
    if found is not None and found.approval_id == link.approval_id:
        return await send_to(context, found, message)
    record = None if found is not None else await recorded(context, link.workflow_id)
    if record is None or record.approval_id != link.approval_id:
        raise Problem(410, "the request of this link is no more", slug="closed")
    return await send(context, identity, link.workflow_id, message)


def id_by(identity: Identity, workflow_id: str, key: str | None) -> str:
    """Returns a decision's id: by the caller's key, so that one caller's key never meets another's."""
    if key is None:
        return f"api-{uuid.uuid4().hex}"
    return f"key-{hashlib.sha256(canonical_json([identity.subject, workflow_id, key])).hexdigest()[:40]}"
