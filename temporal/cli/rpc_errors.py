"""What Temporal's answers mean to the user of a script: one line and an exit code each."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from temporal.cli.output import clean
from temporal.command_line import FAILED, NO_TEMPORAL, USAGE, CommandError

T = TypeVar("T")

CALL_SECONDS = 10.0
"""How long one call may take, in seconds: as long as the SDK itself tries again when nobody answers."""

NO_ANSWER = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)
"""Nobody answered, or not in time; CANCELLED is the SDK's word for its own deadline."""

REFUSALS = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)


async def ask(call: Awaitable[T], seconds: float = CALL_SECONDS) -> T:
    """Returns the answer of one call; its `rpc_timeout` alone would bound each of the SDK's attempts.

    Raises:
        TimeoutError: No answer in time.
        RPCError: The server refuses, or cannot be reached.
    """
    async with asyncio.timeout(seconds):
        return await call


@contextmanager
def told_in_one_line(client: Client) -> Iterator[None]:
    """Turns what a call raises into the error that a script shows.

    Raises:
        CommandError: Temporal does not answer (exit code 3), refuses (1) or finds the input wrong (2).
    """
    try:
        yield
    except RPCError as error:
        raise explained(error, client) from error
    except TimeoutError as error:
        raise CommandError(
            f"Temporal at {address(client)} does not answer; try again", NO_TEMPORAL
        ) from error


def explained(error: RPCError, client: Client) -> CommandError:
    """Returns the error that a script shows for an answer."""
    where, words = f"Temporal at {address(client)}", clean(error.message)
    if error.status in NO_ANSWER:
        return CommandError(f"{where} does not answer ({words}); try again", NO_TEMPORAL)
    if error.status in REFUSALS:
        return CommandError(f"{where} refuses: no permission ({words})", FAILED)
    if is_unknown_namespace(error):
        return CommandError(
            f"{where} has no namespace {clean(client.namespace)!r}; set TEMPORAL_NAMESPACE", FAILED
        )
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        return CommandError(f"{where} refuses the input: {words}", USAGE)
    return CommandError(f"{where}: {error.status.name}: {words}", FAILED)


def is_unknown_namespace(error: RPCError) -> bool:
    """Tells a namespace that does not exist from a workflow that does not: both are NOT_FOUND."""
    return error.status is RPCStatusCode.NOT_FOUND and any(
        detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details
    )


def is_unknown_workflow(error: RPCError) -> bool:
    """Tells whether a workflow does not exist, or (for a signal) has ended."""
    return error.status is RPCStatusCode.NOT_FOUND and not is_unknown_namespace(error)


def address(client: Client) -> str:
    """Returns where the client's Temporal is; HOST:PORT."""
    return client.service_client.config.target_host
