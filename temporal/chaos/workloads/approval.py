"""The approval workflow: waits for a decision, which is sent while a fault strikes or after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.service import RPCError

from temporal.chaos.observation import Handle, until
from temporal.chaos.run import Live, Run
from temporal.messages.approval import ApprovalPhase, ApprovalRequest
from temporal.workers.registration import WORKFLOWS

APPROVER = "chaos-approver"

QUERY_TIMEOUT = timedelta(seconds=2)
"""A query that no worker answers hangs for half a minute; a new one may find a living worker at once."""


@dataclass(frozen=True)
class ApprovalWorkload:
    """Approvals; `early` tells whether the decision is sent before the fault has struck."""

    early: bool = False
    name: str = "approval"
    workflows: Sequence[type] = WORKFLOWS

    async def start(self, run: Run, workflow_id: str, delay_seconds: float) -> Live:
        """Starts one."""
        request = ApprovalRequest(title=workflow_id, requester="ana")
        handle = await run.target.client.start_workflow(
            "ApprovalWorkflow",
            request,
            id=workflow_id,
            task_queue=run.target.task_queue,
            static_summary="chaos: approval",
            start_delay=timedelta(seconds=delay_seconds) if delay_seconds else None,
        )
        expected = {"decision": {"outcome": "approved", "decided_by": APPROVER}}
        return Live(handle, run.started(handle, "ApprovalWorkflow", request, expected), self)

    async def during(self, run: Run, live: Live) -> None:
        """Decides, if it is to be early."""
        if self.early:
            await waiting_for_decision(live.handle)
            await self._decide(run, live)

    async def after(self, run: Run, live: Live) -> None:
        """Decides, if it was not early."""
        if not self.early:
            await self._decide(run, live)

    def applied(self, result: Any) -> Sequence[str] | None:
        """Returns who decided: each request has one approver, whose name is the message's id."""
        return [result["decision"]["decided_by"]] if isinstance(result, Mapping) else None

    async def _decide(self, run: Run, live: Live) -> None:
        async def taken() -> bool:
            # The same again is ignored by the workflow, so that one that was taken unheard counts once.
            return await run.signal(live.handle, "approve", APPROVER, {"approver": APPROVER})

        await until(f"a decision for {live.handle.id} is acknowledged", taken)


async def waiting_for_decision(handle: Handle) -> None:
    """Waits until the request is open and a decision would count at once.

    Raises:
        CommandError: It did not come to that.
    """

    async def reached() -> bool:
        try:
            status = await handle.query("get_status", rpc_timeout=QUERY_TIMEOUT)
        except RPCError:
            return False
        return bool(status["phase"] == ApprovalPhase.PENDING)

    await until(f"{handle.id} waits for a decision", reached)
