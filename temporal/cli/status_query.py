"""The query `get_status`, asked with a limit: a query waits for a worker, and there may be none."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import WorkflowQueryFailedError
from temporalio.common import RawValue
from temporalio.service import RPCError, RPCStatusCode

from temporal.cli.lookup import Handle
from temporal.cli.output import clean
from temporal.cli.payloads import plain_value
from temporal.cli.rpc_errors import NO_ANSWER, ask

QUERY_SECONDS = 3.0
"""How long to wait for a worker's answer, in seconds; a living worker takes some ten milliseconds."""


@dataclass(frozen=True)
class Answer:
    """What came of the query.

    Attributes:
        status: The workflow's own status; None when the query was not answered with one.
        problem: Why not; empty when it was.
        worker_silent: Whether no worker answered at all.
    """

    status: dict[str, object] | None = None
    problem: str = ""
    worker_silent: bool = False


async def ask_status(handle: Handle, seconds: float = QUERY_SECONDS) -> Answer:
    """Asks a workflow of any type for its status.

    Args:
        handle: The workflow.
        seconds: How long to wait for an answer.

    Raises:
        RPCError: The server refuses, does not know the workflow, or cannot be reached.
    """
    query = handle.query("get_status", result_type=RawValue, rpc_timeout=timedelta(seconds=seconds))
    try:
        raw = await ask(query, seconds)
    except TimeoutError:
        return _silent(seconds)
    except WorkflowQueryFailedError as error:
        return Answer(problem=f"a worker answered: {clean(error)}")
    except RPCError as error:
        if error.status is RPCStatusCode.FAILED_PRECONDITION:  # nobody polls, or its workflow task fails
            return Answer(problem=clean(error.message), worker_silent=True)
        if error.status in NO_ANSWER and error.status is not RPCStatusCode.UNAVAILABLE:
            return _silent(seconds)
        raise
    value = plain_value(raw.payload) if raw else None
    return Answer(status=value if isinstance(value, dict) else {"status": value})


def _silent(seconds: float) -> Answer:
    return Answer(problem=f"no worker answered within {seconds:g} s", worker_silent=True)
