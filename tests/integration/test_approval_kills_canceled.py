"""A request that is canceled before its quorum, with the worker SIGKILLed around the record of its votes."""

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.decide import approval_id
from temporal.messages.policy import ApprovalPolicy
from temporal.store.audit import AuditKind, audit_of
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.integration.approvals import waiting
from tests.integration.dying_workers import DyingFleet
from tests.workflows.deciding import approval, decide, laptop, rejection

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize("moment", ["before-effect", "after-effect"])
async def test_its_votes_are_in_the_audit_once(target: EmbeddedTarget, moment: str) -> None:
    fleet = DyingFleet(target, f"record_decision:{moment}")
    await fleet.start()
    handle = await target.client.start_workflow(
        ApprovalWorkflow.run,
        laptop(ApprovalPolicy(quorum=3, reject_ends=False)),
        id=f"{target.task_queue}-laptop",
        task_queue=target.task_queue,
    )
    await waiting(handle)
    await decide(handle, approval("ana"))
    await decide(handle, rejection("bob", comment="too dear"))

    await handle.cancel()
    await fleet.died()
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED
    entries = audit_of(target.store, approval_id(handle.id, handle.result_run_id or ""))
    assert [(entry.kind, entry.who, entry.what, entry.why) for entry in entries] == [
        (AuditKind.VOTE, "ana", "approved", ""),
        (AuditKind.VOTE, "bob", "rejected", "too dear"),
    ]
