"""The stack's API as a caller has it, and its containers for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.stack.compose_stack import Stack, docker

PROGRAMS = ("worker", "api")
"""The services of the profile `app` that stay."""


@contextmanager
def with_app(stack: Stack, task_queue: str, **variables: str) -> Iterator[None]:
    """Runs the stack's worker and API on a task queue, and takes both away again.

    Args:
        stack: The stack.
        task_queue: The queue of both.
        variables: Further settings.
    """
    stack.must("up", COMPOSE_PROFILES="app", TASK_QUEUE=task_queue, **variables)
    try:
        yield
    finally:
        for service in PROGRAMS:
            docker("rm", "--force", stack.container(service))
        stack.must("up")


def token_of(stack: Stack, subject: str, *roles: str) -> str:
    """Returns a token that the API's own container has made."""
    asked_for = [word for role in roles for word in ("--role", role)]
    command = ("python", "-m", "services.token", "--subject", subject, *asked_for)
    return docker("exec", stack.container("api"), *command)


def caller(stack: Stack, subject: str) -> httpx.AsyncClient:
    """Returns a client with a token that the API's own container has made."""
    token = token_of(stack, subject)
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{stack.api_port}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


async def asked(requester: httpx.AsyncClient, title: str) -> str:
    """Makes a request and returns its id."""
    answer = await requester.post("/approvals", json={"title": title})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def decided(approver: httpx.AsyncClient, approval: str, comment: str = "") -> None:
    """Approves a request."""
    answer = await approver.post(
        f"/approvals/{approval}/decisions", json={"outcome": "approved", "comment": comment}
    )
    assert answer.status_code == 200, answer.text
