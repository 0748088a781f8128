"""Approvals that wait while no worker is up: every decision counts, once."""

import asyncio

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.decision import Outcome
from tests.integration.approvals import recorded, start_approval, told, waiting

pytest_plugins = ["tests.integration.engine_fixtures"]

COUNT = 20


async def test_decisions_sent_while_no_worker_is_up_are_each_applied_once(target: EmbeddedTarget) -> None:
    worker = await target.start_worker()
    approvals = [await start_approval(target, f"approval-{number}") for number in range(COUNT)]
    await asyncio.gather(*(waiting(approval) for approval in approvals))
    worker.kill()
    for number, approval in enumerate(approvals):
        signals = ["approve", "reject"] if number % 2 else ["reject", "approve"]
        for place, signal in enumerate(signals):
            await approval.signal(signal, {"approver": f"approver-{place}"})
    await target.start_worker()
    results = await asyncio.gather(*(approval.result() for approval in approvals))
    for number, (approval, result) in enumerate(zip(approvals, results, strict=True)):
        first = Outcome.APPROVED if number % 2 else Outcome.REJECTED
        assert (result.decision.outcome, result.decision.decided_by) == (first, "approver-0")
        assert result.notified
        assert recorded(target.store, approval.id) == [(first, "approver-0")]
        assert told(target.store, approval.id) == ["ana"]
