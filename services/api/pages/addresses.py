"""The addresses of the pages; a workflow id may hold anything, slashes too, so it always comes last."""

from urllib.parse import quote, urlencode

INBOX = "/inbox"
DASHBOARD = "/dashboard"
REQUEST = f"{INBOX}/requests/"
LIVE = f"{INBOX}/live/"
DECIDE = f"{INBOX}/decide/"
WITHDRAW = f"{INBOX}/withdraw/"


def of(place: str, workflow_id: str) -> str:
    """Returns a page's address for one request."""
    return place + quote(workflow_id, safe="")


def listed(scope: str, show: str, page: str = "", *, path: str = INBOX) -> str:
    """Returns the address of a list."""
    query = {"scope": scope, "show": show} | ({"page": page} if page else {})
    return f"{path}?{urlencode(query)}"


def temporal_ui(base: str, namespace: str, workflow_id: str) -> str:
    """Returns where a workflow is in the Temporal UI; empty without one."""
    if not base:
        return ""
    return (
        f"{base.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"
    )
