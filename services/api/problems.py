"""What the API answers when it does not do what was asked: one `application/problem+json` for every error."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from temporal.cli.output import clean
from temporal.messages.decision import Decision

MEDIA_TYPE = "application/problem+json"

TYPES = "urn:durable-workflows:problem:"
"""What every problem's `type` begins with; the rest is its slug."""

RETRY_SECONDS = 2
"""What `Retry-After` says while Temporal is away, in seconds."""

SLUGS = {
    401: "unauthenticated",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    410: "gone",
    413: "too-large",
    422: "invalid",
    429: "too-many-requests",
    500: "internal",
    503: "unavailable",
}

TITLES = {
    401: "Who asks is not known",
    403: "Not allowed",
    404: "Nothing here that you may see",
    405: "Method not allowed",
    409: "Already decided otherwise",
    410: "No longer open",
    413: "Too large",
    422: "The request cannot be used",
    429: "Too many requests",
    500: "The API failed",
    503: "Temporal does not answer",
}


class Problem(HTTPException):
    """An answer other than success.

    Attributes:
        status: The HTTP status.
        detail: One line for people.
        slug: The last part of the problem's `type`.
        errors: One line a fault, each beginning with its field.
        decision: The outcome that stands, for 409 and 410.
        headers: Headers of the answer, such as `Retry-After`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str = "",
        errors: list[str] | None = None,
        decision: Decision | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.slug = slug or SLUGS.get(status, "error")
        self.errors = [clean(line) for line in errors or []]
        self.decision = decision
        super().__init__(status, clean(detail), headers)

    @property
    def title(self) -> str:
        """The problem's kind in words."""
        return TITLES.get(self.status, "Error")

    def body(self) -> dict[str, object]:
        """Returns the answer's JSON."""
        body: dict[str, object] = {
            "type": TYPES + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = self.errors
        if self.decision is not None:
            body["decision"] = jsonable_encoder(self.decision)
        return body

    def response(self) -> JSONResponse:
        """Returns the answer."""
        return JSONResponse(self.body(), self.status, headers=dict(self.headers or {}), media_type=MEDIA_TYPE)


def not_found() -> Problem:
    """Returns the answer for what does not exist and for what the caller may not see: they look the same."""
    return Problem(404, "there is no such approval, or you may not see it")


def invalid(errors: list[str]) -> Problem:
    """Returns the answer for a request that cannot be used, one line a fault."""
    return Problem(422, errors[0] if len(errors) == 1 else f"{len(errors)} things are wrong", errors=errors)


def unavailable(detail: str = "Temporal or its workers do not answer; try again") -> Problem:
    """Returns the answer while something that the API needs is away; the same request may be sent again."""
    return Problem(503, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error of the app and of the framework a problem."""

    @app.exception_handler(Problem)
    async def of_ours(_: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def of_validation(_: Request, error: RequestValidationError) -> JSONResponse:
        lines = [f"{_place(each['loc'])}: {each['msg']}" for each in error.errors()]
        return invalid(lines).response()

    @app.exception_handler(HTTPException)
    async def of_the_framework(_: Request, error: HTTPException) -> JSONResponse:
        return Problem(error.status_code, str(error.detail), headers=error.headers).response()


def _place(location: tuple[int | str, ...]) -> str:
    """Returns a field's place, such as `policy.quorum`, without the part of the request that it is in."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])
