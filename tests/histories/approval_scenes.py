"""Runs of `ApprovalWorkflow` worth remembering; each function returns once its history is whole."""

from contextlib import suppress

from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue

from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from tests.histories.bench import Bench, until_phase

LAPTOP = ApprovalRequest(title="a laptop", requester="rita", details={"price": 900})
ANA = {"approver": "ana", "comment": "fine"}


async def approval_approved(bench: Bench) -> None:
    """Approved while pending."""
    with bench.worker():
        handle = await bench.approval(LAPTOP)
        await until_phase(handle, ApprovalPhase.PENDING)
        await handle.signal("approve", ANA)
        await handle.result()


async def approval_rejected(bench: Bench) -> None:
    """Rejected while pending, with a deadline that never came."""
    with bench.worker():
        request = ApprovalRequest(title="a laptop", requester="rita", timeout_seconds=86_400)
        handle = await bench.approval(request)
        await until_phase(handle, ApprovalPhase.PENDING)
        await handle.signal("reject", ANA)
        await handle.result()


async def approval_early(bench: Bench) -> None:
    """Decided before it was validated."""
    handle = await bench.approval(LAPTOP, "approve", ANA)
    with bench.worker():
        await handle.result()


async def approval_timed_out(bench: Bench) -> None:
    """Rejected because nobody decided."""
    with bench.worker():
        request = ApprovalRequest(title="a laptop", requester="rita", timeout_seconds=1)
        await (await bench.approval(request)).result()


async def approval_pending(bench: Bench) -> None:
    """Open: a request that waits without limit."""
    with bench.worker():
        await until_phase(await bench.approval(LAPTOP), ApprovalPhase.PENDING)


async def approval_invalid(bench: Bench) -> None:
    """Failed: its request is wrong."""
    with bench.worker():
        handle = await bench.approval(ApprovalRequest(title="", requester="rita"))
        with suppress(WorkflowFailureError):
            await handle.result()


async def approval_ignored_signals(bench: Bench) -> None:
    """Signals that change nothing, then a decision."""
    with bench.worker():
        handle = await bench.approval(LAPTOP)
        await handle.signal("aprove", ANA)
        await handle.signal("approve", args=[])
        await handle.signal("approve", args=[ANA, ANA])
        await handle.signal("reject", {"approver": "timeout"})
        broken = Payload(metadata={"encoding": b"json/plain"}, data=b"{not json")
        await handle.signal("reject", RawValue(broken))
        await until_phase(handle, ApprovalPhase.PENDING)
        await handle.signal("approve", ANA)
        await handle.result()


async def approval_canceled(bench: Bench) -> None:
    """Canceled while pending."""
    with bench.worker():
        handle = await bench.approval(LAPTOP)
        await until_phase(handle, ApprovalPhase.PENDING)
        await handle.cancel()
        with suppress(WorkflowFailureError):
            await handle.result()


async def approval_canceled_too_late(bench: Bench) -> None:
    """Decided, with a cancellation in the same workflow task."""
    with bench.worker() as worker:
        handle = await bench.approval(LAPTOP)
        await until_phase(handle, ApprovalPhase.PENDING)
        worker.kill()
    await handle.cancel()
    await handle.signal("approve", ANA)
    with bench.worker():
        await handle.result()
