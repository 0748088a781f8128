"""Tells in an activity's span which attempt it is: after a worker's death the next one is seen as such."""

from opentelemetry import trace
from temporalio import activity, client, worker

ATTEMPT = "temporalActivityAttempt"


class AttemptOfActivity(client.Interceptor, worker.Interceptor):
    """Stands within the interceptor that makes the span; a client's, so that its workers have it too."""

    def intercept_activity(
        self, inner: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        """Puts itself before an activity."""
        return _Attempt(inner)


class _Attempt(worker.ActivityInboundInterceptor):
    async def execute_activity(self, call: worker.ExecuteActivityInput) -> object:
        trace.get_current_span().set_attribute(ATTEMPT, activity.info().attempt)
        return await super().execute_activity(call)
