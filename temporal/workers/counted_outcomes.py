"""Counts how workflows end."""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

ENDS = "workflow_outcomes"
"""The counter's name; Prometheus shows it as `workflow_outcomes_total`."""

COMPLETED, FAILED, CANCELED, CONTINUED = OUTCOMES = ("completed", "failed", "canceled", "continued_as_new")
"""How a run ends, for the label `outcome`."""


class CountedOutcomes(Interceptor):
    """Counts each run's end once: not when it is replayed, and not when it only leaves the cache.

    An end counts when the worker has come to it. If that worker dies before the server has heard of it, the
    next one comes to it again and counts it too.
    """

    def workflow_interceptor_class(
        self, of: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Puts the count around every workflow."""
        return _Counted


class _Counted(WorkflowInboundInterceptor):
    async def execute_workflow(self, call: ExecuteWorkflowInput) -> Any:
        try:
            result = await super().execute_workflow(call)
        except workflow.ContinueAsNewError:
            _count(CONTINUED)
            raise
        except (Exception, asyncio.CancelledError) as error:
            if workflow.cancellation_reason() is not None and is_cancelled_exception(error):
                _count(CANCELED)
            elif isinstance(error, FailureError):
                _count(FAILED)
            raise  # any other error fails the workflow task, which is tried again
        _count(COMPLETED)
        return result


def _count(outcome: str) -> None:
    # The SDK's meter is silent in a replay, and it counts an eviction as one.
    counter = workflow.metric_meter().create_counter(ENDS, "Runs of workflows, by how they ended")
    counter.add(1, {"outcome": outcome})
