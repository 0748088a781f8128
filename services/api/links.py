"""Signed links: what lets one approver decide on one request, from a mail or a chat, until a time."""

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

from services.api.local_keys import secret_of
from services.api.problems import Problem
from services.api.settings import ApiSettings

TYPE = "link+jwt"
"""The token's type; with a key and an audience of its own a link is no bearer token, and none is a link."""

AUDIENCE = "durable-workflows/link"

PURPOSE = "decide"
"""The only thing that a link is good for."""

MAX_LINK_CHARACTERS = 8_192

KEY_FILE = "link_key"


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link says.

    Attributes:
        approval_id: The request, with its first run: a later request under the same workflow id is another.
        workflow_id: Its workflow.
        approver: Who decides by it.
        groups: The approver's groups.
        link_id: The link's own id; a decision by it has an id that follows from this one.
        expires_at: Until when it holds.
    """

    approval_id: str
    workflow_id: str
    approver: str
    groups: tuple[str, ...]
    link_id: str
    expires_at: datetime


class LinkKey:
    """Makes and reads links.

    Args:
        secret: What they are signed with (HS256); at least 32 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, what: str) -> bytes:
        """Returns a secret of its own for something else than links, such as one list's pages."""
        return hmac.digest(self._secret, f"durable-workflows/{what}".encode(), "sha256")

    def make(
        self, approval_id: str, workflow_id: str, approver: str, groups: tuple[str, ...], seconds: float
    ) -> tuple[str, Link]:
        """Makes a link that holds for `seconds`; returns its token and what it says."""
        link = Link(
            approval_id=approval_id,
            workflow_id=workflow_id,
            approver=approver,
            groups=groups,
            link_id=secrets.token_urlsafe(12),
            expires_at=datetime.fromtimestamp(int(time.time() + seconds), UTC),
        )
        claims = {
            "aud": AUDIENCE,
            "purpose": PURPOSE,
            "approval": approval_id,
            "workflow": workflow_id,
            "sub": approver,
            "groups": list(groups),
            "jti": link.link_id,
            "exp": int(link.expires_at.timestamp()),
        }
        return jwt.encode(claims, self._secret, "HS256", headers={"typ": TYPE}), link

    def read(self, token: str) -> Link:
        """Returns what a link says.

        Raises:
            Problem: It has expired (410), or it is none of ours (404).
        """
        try:
            if len(token) > MAX_LINK_CHARACTERS or jwt.get_unverified_header(token).get("typ") != TYPE:
                raise jwt.InvalidTokenError("of another type")
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                options={"require": ["exp", "aud", "sub", "jti", "purpose", "approval", "workflow"]},
            )
            if claims["purpose"] != PURPOSE:
                raise jwt.InvalidTokenError("for another purpose")
            return Link(
                approval_id=claims["approval"],
                workflow_id=claims["workflow"],
                approver=claims["sub"],
                groups=tuple(claims.get("groups", ())),
                link_id=claims["jti"],
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except jwt.ExpiredSignatureError:
            raise Problem(410, "this link has expired; ask for a new one", slug="link-expired") from None
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Problem(404, "there is no such link") from error


def load_link_key(settings: ApiSettings) -> LinkKey:
    """Reads the secret, or makes it for local use.

    Raises:
        CommandError: It cannot be read (exit code 2).
    """
    local = settings.keys_dir / KEY_FILE
    return LinkKey(secret_of(settings.link_key_file, "API_LINK_KEY_FILE", local))
