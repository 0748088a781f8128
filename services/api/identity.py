"""Who asks: the subject, groups and roles of a checked bearer token, or of the page's session cookie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, TypeGuard

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.api.context import Context, current_context
from services.api.problems import Problem
from temporal.messages.decide import MAX_GROUPS
from temporal.messages.policy import ANYONE, GROUP_PREFIX, RESERVED
from temporal.messages.validation import MAX_NAME_CHARACTERS, text_problems

SESSION_COOKIE = "session"
"""The cookie in which the page keeps the bearer token: HttpOnly, SameSite=Strict, set by the page alone."""

UNSEARCHABLE = frozenset('"\\')
"""What no name may hold here: on SQLite the server's visibility finds no value with one of these, and reads a
quotation mark within a list as the end of the value (Server 1.32.0)."""

CHALLENGE = {"WWW-Authenticate": "Bearer"}

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A JWT, see `make token`.")


class Role(StrEnum):
    """What somebody may do besides asking and deciding."""

    ADMIN = "admin"
    """Sees every approval, makes links; decides only where the policy says so."""
    AUDITOR = "auditor"
    """Sees every approval and its refusals."""
    OPERATOR = "operator"
    """Sends signals to workflows other than approvals."""
    SERVICE = "service"
    """Makes links: a program that sends them by mail or chat."""


@dataclass(frozen=True)
class Identity:
    """Who asks, as the token's issuer vouches.

    Attributes:
        subject: The name that policies know the person or program by.
        groups: The groups they are in.
        roles: What they may do besides.
    """

    subject: str
    groups: tuple[str, ...] = ()
    roles: frozenset[Role] = field(default_factory=frozenset)

    @property
    def names(self) -> frozenset[str]:
        """Under which names a policy may let them decide, as the search attribute writes them."""
        return frozenset({self.subject, ANYONE, *(GROUP_PREFIX + group for group in self.groups)})

    @property
    def sees_all(self) -> bool:
        """Whether every approval may be read."""
        return bool(self.roles & {Role.ADMIN, Role.AUDITOR})

    def require(self, *roles: Role) -> None:
        """Makes sure that one of the roles is held.

        Raises:
            Problem: None is (403).
        """
        if not self.roles.intersection(roles):
            raise Problem(403, f"this takes the role {' or '.join(roles)}")


def identity_of(claims: Mapping[str, object], groups_claim: str, roles_claim: str) -> Identity:
    """Reads an identity from the claims of a token whose signature, issuer, audience and time are right.

    Raises:
        Problem: The token names nobody, or what no policy could tell from somebody else (401).
    """
    subject, groups, roles = claims.get("sub"), claims.get(groups_claim, []), claims.get(roles_claim, [])
    if (
        not _is_name(subject)
        or subject.lower() in RESERVED
        or subject.startswith(GROUP_PREFIX)
        or UNSEARCHABLE.intersection(subject)
    ):
        raise unauthenticated("the token's subject is no name that can be used here")
    if not isinstance(groups, list) or len(groups) > MAX_GROUPS or not all(_is_name(each) for each in groups):
        raise unauthenticated(f"the token's {groups_claim} must be a list of at most {MAX_GROUPS} names")
    # A group with a name that cannot be searched for gives no right; it shall not shut its members out.
    usable = [group for group in dict.fromkeys(groups) if not UNSEARCHABLE.intersection(group)]
    known = {role.value for role in Role}
    if not isinstance(roles, list):
        raise unauthenticated(f"the token's {roles_claim} must be a list")
    held = frozenset(Role(role) for role in roles if isinstance(role, str) and role in known)
    return Identity(subject, tuple(usable), held)


def _is_name(value: object) -> TypeGuard[str]:
    return (
        isinstance(value, str)
        and not text_problems("name", value, limit=MAX_NAME_CHARACTERS)
        and value == value.strip()
    )


def unauthenticated(detail: str) -> Problem:
    """Returns the answer for a caller whom nothing vouches for."""
    return Problem(401, detail, headers=CHALLENGE)


async def identified(context: Context, request: Request, token: str) -> Identity:
    """Checks a bearer token and counts the request against its subject's limit.

    Raises:
        Problem: The token is not right (401), the caller asks too often (429), or the identity provider's
            keys cannot be had (503).
    """
    try:
        claims = await context.tokens.claims(token)
        identity = identity_of(claims, context.settings.api.groups_claim, context.settings.api.roles_claim)
    except Problem:
        await context.limits.take("unknown", request.client.host if request.client else "")
        raise
    request.state.subject = identity.subject  # for the access log
    await context.limits.take("subject", identity.subject)
    return identity


async def bearer_identity(
    request: Request,
    context: Annotated[Context, Depends(current_context)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Identity:
    """The dependency of the API's routes: the `Authorization` header alone counts; no other site can send it.

    Raises:
        Problem: As `identified`.
    """
    if credentials is None:
        await context.limits.take("unknown", request.client.host if request.client else "")
        raise unauthenticated("a bearer token is required")
    return await identified(context, request, credentials.credentials)


async def current_identity(
    request: Request,
    context: Annotated[Context, Depends(current_context)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Identity:
    """The dependency of the pages: the bearer token, or the one in the session cookie.

    Raises:
        Problem: As `identified`.
    """
    token = credentials.credentials if credentials else request.cookies.get(SESSION_COOKIE)
    if not token:
        raise unauthenticated("nobody is signed in")
    return await identified(context, request, token)


Caller = Annotated[Identity, Depends(bearer_identity)]
"""Who calls an API route."""
