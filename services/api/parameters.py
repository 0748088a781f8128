"""Parameters that several routes take."""

from typing import Annotated

from fastapi import Depends, Header, Path

from services.api.context import Context, current_context

PRINTABLE = r"^[^\x00-\x1f\x7f/]+$"

WorkflowId = Annotated[
    str,
    Path(
        alias="id",
        min_length=1,
        max_length=255,
        pattern=PRINTABLE,
        description="The workflow's id; one with a slash cannot be reached here.",
        openapi_examples={"of the API": {"value": "approval-3f2a9c01"}},
    ),
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key and body again gets the same answer again.",
    ),
]

App = Annotated[Context, Depends(current_context)]
