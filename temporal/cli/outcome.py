"""How a run ended, in the words of a script."""

from dataclasses import dataclass

from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    TerminatedError,
)
from temporalio.exceptions import TimeoutError as WorkflowTimeoutError

from temporal.cli.output import clean

COMPLETED = WorkflowExecutionStatus.COMPLETED.name
CANCELED = WorkflowExecutionStatus.CANCELED.name


@dataclass(frozen=True)
class End:
    """How a run ended.

    Attributes:
        status: Temporal's name for it, such as COMPLETED.
        result: What the workflow returned, if it completed.
        cause: Why it did not complete, in one line; empty when it did.
    """

    status: str
    result: object = None
    cause: str = ""


def end_by(error: WorkflowFailureError) -> End:
    """Returns the end that waiting for a result reported as an error."""
    status = WorkflowExecutionStatus.FAILED
    if isinstance(error.cause, CancelledError):
        status = WorkflowExecutionStatus.CANCELED
    elif isinstance(error.cause, TerminatedError):
        status = WorkflowExecutionStatus.TERMINATED
    elif isinstance(error.cause, WorkflowTimeoutError):
        status = WorkflowExecutionStatus.TIMED_OUT
    return End(status.name, cause=cause_line(error.cause))


def cause_line(error: BaseException | None) -> str:
    """Returns a chain of failures as one line, the outermost first: `activity X: InvalidRequest: …`."""
    words: list[str] = []
    while error is not None:
        if isinstance(error, ActivityError):
            words.append(f"activity {error.activity_type}")
        elif isinstance(error, ChildWorkflowError):
            words.append(f"child workflow {error.workflow_type}")
        elif isinstance(error, ApplicationError) and error.type:
            words.append(f"{error.type}: {error.message}")
        else:
            words.append(str(error))
        error = error.__cause__
    return clean(": ".join(words))
