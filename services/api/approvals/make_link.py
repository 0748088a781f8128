"""Makes the link that a mail or a chat message carries to one approver."""

from dataclasses import dataclass
from datetime import datetime

from services.api.approvals.found import visible
from services.api.bodies import LinkBody
from services.api.context import Context
from services.api.identity import Identity, Role, identity_of
from services.api.problems import Problem, invalid, not_found


@dataclass(frozen=True)
class MadeLink:
    """A link's address, whom it is for and until when it holds."""

    url: str
    approver: str
    expires_at: datetime


async def make_link(context: Context, identity: Identity, workflow_id: str, body: LinkBody) -> MadeLink:
    """Makes a link; the workflow still checks whether its approver may decide.

    Raises:
        Problem: The caller is neither admin nor service (403), the approver cannot be one (422), the link
            would hold too long (422), the request has ended (410) or is not there (404), or Temporal is
            away (503).
    """
    identity.require(Role.ADMIN, Role.SERVICE)
    if body.seconds > context.settings.api.link_longest:
        raise invalid([f"seconds: at most {context.settings.api.link_longest:g}"])
    try:
        approver = identity_of({"sub": body.approver, "groups": list(body.groups)}, "groups", "roles")
    except Problem as problem:
        raise invalid(["approver, groups: are no names that can be used here"]) from problem
    # A service makes links for requests that it need not be able to decide.
    reader = Identity(identity.subject, identity.groups, identity.roles | {Role.ADMIN})
    found = await visible(context, reader, workflow_id)
    if found is None:
        raise not_found()
    if not found.running:
        raise Problem(410, "the request has ended", slug="closed")
    token, link = context.links.make(
        found.approval_id, found.id, approver.subject, approver.groups, body.seconds
    )
    return MadeLink(f"{context.settings.api.base_url}/links/{token}", link.approver, link.expires_at)
