"""Templates to answers: autoescaped always, and with the headers that keep a page to its own files."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.api.pages import words
from services.api.pages.static_files import address

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Pages are one reader's: no cache may keep them, and the back button asks again.
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A signed link's address is a secret: no other site learns it. Our own pages still say who sends a form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every page is answered with."""


def _environment() -> Environment:
    folder = Path(__file__).parent.parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = address
    environment.filters.update(clock=words.clock, since=words.since, until=words.until)
    return environment


TEMPLATES = _environment()


def render(template: str, context: Mapping[str, object], status: int = 200) -> Response:
    """Returns a template's answer.

    Args:
        template: Its file in `templates/`.
        context: Its variables.
        status: The HTTP status.
    """
    html = TEMPLATES.get_template(template).render(context)
    # JSON may hold half of a surrogate pair, which no page can.
    return HTMLResponse(html.encode(errors="replace"), status, headers=dict(HEADERS))
