"""The OpenAPI document: every answer that a route can give, errors as `application/problem+json`."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.api.answers import ProblemOut
from services.api.problems import MEDIA_TYPE, SLUGS, TITLES, TYPES

VERSION = "1"

DESCRIPTION = "Ask for approvals and decide on them. Nothing is decided by GET."

SCHEMA = {"$ref": "#/components/schemas/Problem"}

DETAILS = {
    401: "the bearer token: it has expired",
    403: "the requester may not decide (four eyes)",
    404: "there is no such approval, or you may not see it",
    409: "already approved by ana",
    410: "rejected: nobody decided in time",
    413: "a body holds at most 1000000 bytes",
    422: "outcome: Input should be 'approved' or 'rejected'",
    429: "at most 600 requests a minute",
    503: "Temporal or its workers do not answer; try again",
}
"""What an example of each problem says."""

ALWAYS = (401, 413, 422, 429, 503)
"""What every route of a caller may answer."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns what a route declares besides its success, with an example of each."""
    return {
        status: {
            "description": TITLES[status],
            "content": {MEDIA_TYPE: {"schema": SCHEMA, "example": _example(status)}},
            **({"headers": RETRY_AFTER} if status in (429, 503) else {}),
        }
        for status in sorted({*statuses})
    }


RETRY_AFTER: Mapping[str, object] = {
    "Retry-After": {"description": "How long to wait, in seconds.", "schema": {"type": "integer"}}
}


class DescribedApi(FastAPI):
    """An app whose document names the problems' schema."""

    def openapi(self) -> dict[str, Any]:
        """Returns the document."""
        if self.openapi_schema is None:
            schema = get_openapi(
                title=self.title, version=VERSION, description=DESCRIPTION, routes=self.routes
            )
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {})
            schemas["Problem"] = problem | {"title": "Problem"}
            self.openapi_schema = schema
        return self.openapi_schema


def _example(status: int) -> dict[str, object]:
    example: dict[str, object] = {
        "type": TYPES + SLUGS[status],
        "title": TITLES[status],
        "status": status,
        "detail": DETAILS[status],
    }
    if status == 422:
        example["errors"] = [DETAILS[status]]
    if status in (409, 410):
        example["decision"] = {
            "outcome": "approved" if status == 409 else "rejected",
            "decided_by": "ana" if status == 409 else "timeout",
            "comment": "",
            "decided_at": "2026-01-02T03:04:05+00:00",
            "decision_id": "api-1f0c" if status == 409 else "",
            "channel": "api" if status == 409 else "",
            "edited": None,
        }
    return example
