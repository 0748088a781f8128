"""Proof that a form was sent from our own page: by what the browser says, and by a token in the form.

The session cookie is SameSite=Strict already; these hold where a browser or a sibling site gets around that.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

FIELD = "csrf"
"""The form's hidden field."""


def form_token(session: str) -> str:
    """Returns the token that goes into each form of a session.

    It is made from the session's own secret, which no script and no other site can read; so it needs no
    store, is the same for every process of the API, and ends with the session.
    """
    return hmac.new(session.encode(), b"form token of the approval pages", hashlib.sha256).hexdigest()


def same_token(session: str, sent: str) -> bool:
    """Tells whether a form carries the session's token."""
    return hmac.compare_digest(form_token(session), sent)


def from_our_page(request: Request) -> bool:
    """Tells whether the browser says that one of our pages sent this.

    Every browser sends Origin or Sec-Fetch-Site with a form; whoever sends neither is no browser and has the
    JSON API.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    # The scheme is left out: behind a proxy that ends TLS we see http where the browser has https.
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
