"""What a worker logs while workflows run on it."""

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.approval import ApprovalRequest
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.integration.worker_logs import json_lines, logged

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_json_lines_carry_the_ids_of_the_workflow_they_are_about(target: EmbeddedTarget) -> None:
    worker = await target.start_worker({"LOG_FORMAT": "json"})
    handle = await target.client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title="a budget", requester="ana"),
        id=f"{target.task_queue}-approval",
        task_queue=target.task_queue,
    )
    await handle.signal("approve", "not an object")
    await logged(worker.log, "must be an object")
    [line] = [line for line in json_lines(worker.log) if "workflow_id" in line]
    assert line["workflow_id"] == handle.id
    assert line["run_id"] == handle.first_execution_run_id
    assert line["workflow_type"] == "ApprovalWorkflow"
    assert line["level"] == "WARNING"
