"""A Nexus service whose handler, or the workflow behind it, dies once."""

import asyncio

import nexusrpc
from nexusrpc.handler import StartOperationContext, service_handler, sync_operation
from temporalio.nexus import WorkflowHandle, WorkflowRunOperationContext, workflow_run_operation

from tests.integration.recovery_cases.marks import die_once, mark


@nexusrpc.service
class Desk:
    """The service."""

    serve: nexusrpc.Operation[str, str]
    deliver: nexusrpc.Operation[str, str]


@service_handler(service=Desk)
class DeskHandler:
    """Serves at once, but for a mark: then it dies once, and serves later when the test lets it.

    A delivery is a workflow of its own, with which the operation ends.
    """

    @sync_operation
    async def serve(self, _: StartOperationContext, name: str) -> str:
        """Returns a word."""
        die_once(name)
        while name and not mark(f"{name}.go").exists():
            await asyncio.sleep(0.02)
        return "served"

    @workflow_run_operation
    async def deliver(self, context: WorkflowRunOperationContext, name: str) -> WorkflowHandle[str]:
        """Starts a workflow; dies before it, after it, or within it, as the mark's first word says."""
        point = name.partition("-")[0]
        die_once(name if point == "before" else "")
        started = await context.start_workflow(
            "Dies", name if point == "within" else "", id=f"delivery-{name}", result_type=str
        )
        die_once(name if point == "after" else "")
        return started
