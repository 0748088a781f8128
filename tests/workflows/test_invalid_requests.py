"""Requests that are wrong: the workflow fails with a typed error, and its status says what is wrong."""

import math

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.durable_demo import DemoPhase, DurableDemoInput
from temporal.store import schema
from tests.workflows.observed import approval_status, demo_status, events
from tests.workflows.stage import Stage

WRONG_DEMOS = [
    ("name", DurableDemoInput(name=" ")),
    ("name", DurableDemoInput(name="n" * 201)),
    ("sleep_seconds", DurableDemoInput(sleep_seconds=-0.001)),
    ("sleep_seconds", DurableDemoInput(sleep_seconds=math.nan)),
    ("sleep_seconds", DurableDemoInput(sleep_seconds=math.inf)),
    ("steps", DurableDemoInput(steps=-1)),
    ("steps", DurableDemoInput(steps=101)),
    ("work_units", DurableDemoInput(work_units=-1)),
    ("work_unit_seconds", DurableDemoInput(work_unit_seconds=61.0)),
]


async def test_a_demo_with_a_wrong_field_fails_before_it_does_anything(stage: Stage) -> None:
    for field, request in WRONG_DEMOS:
        handle = await stage.start_demo(request)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()

        error = failed.value.cause
        assert isinstance(error, ApplicationError)
        assert (error.type, error.non_retryable) == ("InvalidInput", True)
        assert error.message.startswith(f"{field}: "), request
        assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
        status = await demo_status(handle)
        assert (status.phase, status.steps_done) == (DemoPhase.FAILED, [])
        assert error.message in status.detail
        assert "ACTIVITY_TASK_SCHEDULED" not in await events(handle)


async def test_every_fault_of_a_demo_is_named_at_once(stage: Stage) -> None:
    handle = await stage.start_demo(DurableDemoInput(name="", steps=-1, work_units=-1))
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    faults = str(failed.value.cause).split("; ")
    assert [fault.split(":")[-2].strip() for fault in faults] == ["name", "steps", "work_units"]


WRONG_APPROVALS = [
    ("title", ApprovalRequest(title="", requester="rita")),
    ("title", ApprovalRequest(title="t" * 201, requester="rita")),
    ("requester", ApprovalRequest(title="a laptop", requester="\u0007")),
    ("timeout_seconds", ApprovalRequest(title="a laptop", requester="rita", timeout_seconds=0)),
    ("timeout_seconds", ApprovalRequest(title="a laptop", requester="rita", timeout_seconds=1e12)),
]


async def test_an_approval_with_a_wrong_field_fails_and_takes_no_decision(stage: Stage) -> None:
    for field, request in WRONG_APPROVALS:
        handle = await stage.request_approval(request, signal="approve", payload={"approver": "ana"})
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()

        assert isinstance(failed.value.cause, ActivityError)
        error = failed.value.cause.cause
        assert isinstance(error, ApplicationError)
        assert (error.type, error.non_retryable) == ("InvalidRequest", True)
        assert error.message.startswith(f"{field}: "), request
        assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
        status = await approval_status(handle)
        assert (status.phase, status.decision) == (ApprovalPhase.FAILED, None)
        assert error.message in status.detail
        assert [ignored.reason for ignored in status.ignored] == [
            "the request could not be opened (decided by ana)"
        ]
    assert stage.rows(schema.effects) == []
