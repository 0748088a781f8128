"""The pages' few static files, at addresses that change with their content: browsers keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

FOLDER = Path(__file__).parent.parent / "static"

KINDS = {
    "htmx.min.js": "text/javascript",
    "live.js": "text/javascript",
    "tokens.css": "text/css",
    "page.css": "text/css",
    "inbox.css": "text/css",
    "request.css": "text/css",
    "dashboard.css": "text/css",
    "dashboard.js": "text/javascript",
    "uplot.min.css": "text/css",
    "uplot.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""What is served, and as what; nothing else of the folder is."""

YEAR = 31_536_000

router = APIRouter(include_in_schema=False)


@cache
def _file(name: str) -> tuple[str, bytes]:
    content = (FOLDER / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:16], content


def address(name: str) -> str:
    """Returns where a static file is."""
    return f"/static/{_file(name)[0]}/{name}"


@router.get("/static/{digest}/{name}")
async def static_file(digest: str, name: str) -> Response:
    """Serves one file; 404 for any other name, and for content that is no longer the file's."""
    if name not in KINDS or digest != _file(name)[0]:
        return Response(status_code=404)
    return Response(
        _file(name)[1],
        media_type=KINDS[name],
        headers={
            "Cache-Control": f"public, max-age={YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
