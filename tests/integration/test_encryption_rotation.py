"""A key is rotated, or encryption turned on, while a workflow waits: it goes on under the new key."""

from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from temporal.chaos import invariants
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.command_line import DONE, run_app
from temporal.encryption.__main__ import app
from temporal.encryption.codec import key_id_of
from temporal.messages.approval import ApprovalRequest, ApprovalResult
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.integration.approvals import Approval, waiting
from tests.integration.encryption_keys import OFF, client_with, key_file

pytest_plugins = ["tests.integration.engine_fixtures"]


def rotated(variables: dict[str, str]) -> dict[str, str]:
    """Makes a new key the first one of the file, as docs/encryption.md tells to."""
    file = Path(variables["ENCRYPTION_KEY_FILE"])
    assert run_app(app, ["new-key", str(file), "--add", "--id", "key-b"]) == DONE
    comment, *old, new = file.read_text().splitlines()
    file.write_text("\n".join([comment, new, *old]))
    return variables


def key_of(payload: Payload) -> str:
    return key_id_of(payload) or "plain"


def keys_of_start_and_end(history: WorkflowHistory) -> tuple[str, str]:
    started = history.events[0].workflow_execution_started_event_attributes.input.payloads[0]
    ended = history.events[-1].workflow_execution_completed_event_attributes.result.payloads[0]
    return key_of(started), key_of(ended)


@pytest.mark.parametrize("before", ["plain", "key-a"])
async def test_a_waiting_workflow_goes_on_under_the_new_key(
    target: EmbeddedTarget, tmp_path: Path, before: str
) -> None:
    old = OFF if before == "plain" else key_file(tmp_path / "keys", "key-a")
    client = await client_with(target, old)
    worker = await target.start_worker(old)
    approval = await client.start_workflow(
        ApprovalWorkflow.run,
        ApprovalRequest(title="a budget", requester="ana"),
        id=f"{target.task_queue}-approval",
        task_queue=target.task_queue,
    )
    await waiting(approval)
    worker.kill()

    new = key_file(tmp_path / "keys", "key-b") if before == "plain" else rotated(old)
    client = await client_with(target, new)
    await target.start_worker(new)
    handle: Approval = client.get_workflow_handle(approval.id, result_type=ApprovalResult)
    await handle.signal("approve", {"approver": "ben"})
    assert (await handle.result()).decision.decided_by == "ben"
    history = await handle.fetch_history()
    assert keys_of_start_and_end(history) == (before, "key-b")
    assert await invariants.replays(history, data_converter=client.data_converter) == []
