"""`send_signal.py`: what it delivers, and whom it refuses in one line."""

import asyncio

import pytest
from temporalio.client import Client

from tests.integration.script_process import Scripts, open_approval, open_sleep

pytest_plugins = ["tests.integration.script_runner"]


@pytest.mark.parametrize(("word", "outcome"), [("approve", "approved"), ("reject", "rejected")])
async def test_a_decision_decides(
    scripts: Scripts, client: Client, workflow_id: str, word: str, outcome: str
) -> None:
    run_id = await open_approval(client, workflow_id)
    sent = scripts.facts("send_signal", word, workflow_id, "--approver", "ana", "--comment", "why [b]not[/b]")
    assert sent == {"workflow_id": workflow_id, "run_id": run_id, "signal": word, "sent": True}
    result = await client.get_workflow_handle(workflow_id).result()
    decision = result["decision"]
    assert (decision["outcome"], decision["decided_by"]) == (outcome, "ana")
    assert decision["comment"] == "why [b]not[/b]"
    again = await asyncio.to_thread(scripts.run, "send_signal", word, workflow_id, "--approver", "bob")
    assert again.exit_code == 1
    assert again.one_error() == f"error: workflow '{workflow_id}' has ended already (COMPLETED)"


async def test_a_raw_signal_carries_its_payload_or_none(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    await open_approval(client, workflow_id)
    for payload in ([], ["--payload", '{"é": [1, null]}'], ["--payload", "null"]):
        scripts.facts("send_signal", "raw", workflow_id, "reconsider", *payload)
    signals = [
        event.workflow_execution_signaled_event_attributes
        for event in (await client.get_workflow_handle(workflow_id).fetch_history()).events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert {signal.signal_name for signal in signals} == {"reconsider"}
    received = [await client.data_converter.decode(signal.input.payloads) for signal in signals]
    assert received == [[], [{"é": [1, None]}], [None]]


@pytest.mark.parametrize("arguments", [("approve", "--approver", "ana"), ("raw", "reconsider")])
def test_a_workflow_that_never_was_is_refused(scripts: Scripts, arguments: tuple[str, ...]) -> None:
    word, *rest = arguments
    ended = scripts.run("send_signal", word, "never-was", *rest)
    assert ended.exit_code == 1
    assert ended.one_error() == "error: no workflow 'never-was' in namespace 'default'"


async def test_a_decision_for_another_type_of_workflow_is_refused(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    await open_sleep(client, workflow_id)
    ended = await asyncio.to_thread(scripts.run, "send_signal", "reject", workflow_id, "--approver", "ana")
    assert ended.exit_code == 1
    assert ended.one_error() == (
        f"error: workflow '{workflow_id}' is a DurableDemoWorkflow, not an ApprovalWorkflow"
    )


async def test_a_bad_decision_is_not_sent(scripts: Scripts, client: Client, workflow_id: str) -> None:
    await open_approval(client, workflow_id)
    ended = await asyncio.to_thread(
        scripts.run, "send_signal", "approve", workflow_id, "--approver", "timeout"
    )
    assert ended.exit_code == 2
    assert "approver: 'timeout' is reserved" in ended.one_error()
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    assert not [
        event for event in history.events if event.HasField("workflow_execution_signaled_event_attributes")
    ]
