"""A wait goes on after an outage that is longer than the SDK's patience."""

import asyncio

from temporalio.client import (
    Client,
    FetchWorkflowHistoryEventsInput,
    Interceptor,
    OutboundInterceptor,
    WorkflowHistoryEventAsyncIterator,
)
from temporalio.service import RPCError, RPCStatusCode

from temporal.cli.outcome import End
from temporal.cli.waiting import wait_for_end
from tests.integration.script_process import Scripts, open_sleep

pytest_plugins = ["tests.integration.script_runner"]


class CutOff(OutboundInterceptor):
    """Fails the first look for the workflow's end."""

    over = False

    def fetch_workflow_history_events(
        self, call: FetchWorkflowHistoryEventsInput
    ) -> WorkflowHistoryEventAsyncIterator:
        """Raises once, then asks the server."""
        if not self.over:
            self.over = True
            raise RPCError("tcp connect error", RPCStatusCode.UNAVAILABLE, b"")
        return super().fetch_workflow_history_events(call)


class Outage(Interceptor):
    """The SDK has given up on the server, once; its own attempts last ten seconds."""

    def intercept_client(self, server: OutboundInterceptor) -> OutboundInterceptor:
        """Puts the outage before the server."""
        return CutOff(server)


async def test_waiting_outlives_an_outage_that_the_sdk_does_not(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    run_id = await open_sleep(client, workflow_id)
    cut_off = Client(client.service_client, interceptors=[Outage()])
    waiting = asyncio.create_task(wait_for_end(cut_off, workflow_id, run_id))
    await client.get_workflow_handle(workflow_id).terminate(reason="enough")
    assert await waiting == End("TERMINATED", cause="enough")
