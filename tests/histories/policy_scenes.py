"""Runs of `ApprovalWorkflow` with a policy, and decisions by Update; as in `approval_scenes`."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from temporalio.client import WorkflowFailureError

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.messages.decide import DecideInput, WithdrawInput, approval_id, signed_bytes
from temporal.messages.decision import Outcome
from temporal.messages.policy import ApprovalPolicy, Trust
from temporal.messages.signing import public_key_of, sign
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.histories.bench import CHECK_SECONDS, ApprovalHandle, Bench, until_phase

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
SIGNED = ApprovalPolicy(trust=Trust.AUTHENTICATED, signing_keys={"k1": public_key_of(KEY)})
TWO_OF_THREE = ApprovalPolicy(users=["ana", "bob", "cleo"], quorum=2, reject_ends=False)
ESCALATING = ApprovalPolicy(
    users=["ana"],
    remind_every_seconds=1,
    max_reminders=1,
    escalate_after_seconds=2,
    escalate_to_users=["boss"],
)


def laptop(policy: ApprovalPolicy) -> ApprovalRequest:
    """A request with the policy."""
    return ApprovalRequest(title="a laptop", requester="rita", details={"price": 900}, policy=policy)


async def _decide(
    handle: ApprovalHandle, approver: str, outcome: Outcome = Outcome.APPROVED, *, signed: bool = False
) -> None:
    """Decides by Update."""
    message = DecideInput(decision_id=f"of-{approver}", approver=approver, outcome=outcome)
    if signed:
        message = replace(message, key_id="k1")
        key = approval_id(handle.id, handle.first_execution_run_id or "")
        message = replace(message, signature=sign(KEY, signed_bytes(key, message)))
    await handle.execute_update(ApprovalWorkflow.decide, message, id=message.decision_id)


async def approval_quorum(bench: Bench) -> None:
    """Decided by two of three, one of whom edits nothing and one rejects."""
    with bench.worker():
        handle = await bench.approval(laptop(TWO_OF_THREE))
        await until_phase(handle, ApprovalPhase.PENDING)
        await _decide(handle, "ana")
        await _decide(handle, "bob", Outcome.REJECTED)
        await handle.signal("approve", {"approver": "cleo", "decision_id": "of-cleo"})
        await handle.result()


async def approval_settled(bench: Bench) -> None:
    """Decided by a quorum under four eyes, while visibility hears of each vote."""
    with bench.worker():
        handle = await bench.approval(laptop(replace(TWO_OF_THREE, four_eyes=True)))
        await until_phase(handle, ApprovalPhase.PENDING)
        await _decide(handle, "ana")
        await handle.signal("approve", {"approver": "cleo"})
        await handle.result()


async def approval_canceled_voted(bench: Bench) -> None:
    """Canceled while one of two approvals is there, whose vote is recorded."""
    with bench.worker():
        handle = await bench.approval(laptop(TWO_OF_THREE))
        await until_phase(handle, ApprovalPhase.PENDING)
        await _decide(handle, "ana")
        await handle.cancel()
        with suppress(WorkflowFailureError):
            await handle.result()


async def approval_early_update(bench: Bench) -> None:
    """Decided by Update before it was validated."""
    handle = await bench.approval(laptop(ApprovalPolicy()))
    early = asyncio.create_task(_decide(handle, "ana"))
    with bench.worker():
        await early
        await handle.result()


async def approval_escalated(bench: Bench) -> None:
    """Its approver is reminded, then it escalates, and the further approver decides."""
    with bench.worker():
        handle = await bench.approval(laptop(ESCALATING))
        while not (await handle.query(ApprovalWorkflow.get_status)).escalated:
            await asyncio.sleep(CHECK_SECONDS)
        await _decide(handle, "boss")
        await handle.result()


async def approval_withdrawn(bench: Bench) -> None:
    """Taken back by its requester."""
    with bench.worker():
        handle = await bench.approval(laptop(TWO_OF_THREE))
        await until_phase(handle, ApprovalPhase.PENDING)
        message = WithdrawInput(withdrawal_id="w", by="rita", reason="found one")
        await handle.execute_update(ApprovalWorkflow.withdraw, message, id="w")
        await handle.result()


async def approval_signed(bench: Bench) -> None:
    """A bare signal is ignored, a signed decision counts."""
    with bench.worker():
        handle = await bench.approval(laptop(SIGNED))
        await until_phase(handle, ApprovalPhase.PENDING)
        await handle.signal("reject", {"approver": "mallory"})
        await _decide(handle, "ana", signed=True)
        await handle.result()


async def _continued(bench: Bench) -> ApprovalHandle:
    handle = await bench.approval(laptop(TWO_OF_THREE))
    await until_phase(handle, ApprovalPhase.PENDING)
    await _decide(handle, "ana")
    while (await handle.describe()).run_id == handle.first_execution_run_id:
        await handle.signal("reconsider")
    await _decide(handle, "bob")
    await handle.result()
    return handle


async def approval_continues(bench: Bench) -> None:
    """A run that has become long and continues as a new one."""
    with bench.worker():
        bench.recorded_run = (await _continued(bench)).first_execution_run_id


async def approval_continued(bench: Bench) -> None:
    """The new run of a request that has become long; it has a vote of the run before."""
    with bench.worker():
        await _continued(bench)
