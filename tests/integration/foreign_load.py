"""Starts workflows of a worker that the chaos harness knows nothing of: the supervisor tests' own."""

from temporalio.client import Client, WorkflowHandle


async def load(client: Client, task_queue: str, workflow_id: str) -> WorkflowHandle[object, object]:
    """Starts a demo by name only."""
    return await client.start_workflow(
        "DurableDemoWorkflow", {"sleep_seconds": 3, "steps": 2}, id=workflow_id, task_queue=task_queue
    )
