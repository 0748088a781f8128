"""The closed form as a workload: half of its signals come while faults strike, the rest afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporal.chaos.observation import until
from temporal.chaos.run import Live, Run
from temporal.chaos.workloads.closed_form.messages import ClosedFormInput, right_total
from temporal.chaos.workloads.closed_form.registered import CHAOS

REQUEST = ClosedFormInput()


@dataclass(frozen=True)
class ClosedFormWorkload:
    """Closed forms with one request."""

    request: ClosedFormInput = REQUEST
    name: str = "closed-form"
    workflows: Sequence[type] = CHAOS.workflows

    async def start(self, run: Run, workflow_id: str, delay_seconds: float) -> Live:
        """Starts one."""
        handle = await run.target.client.start_workflow(
            "ClosedFormWorkflow",
            self.request,
            id=workflow_id,
            task_queue=run.target.task_queue,
            static_summary="chaos: closed form",
            start_delay=timedelta(seconds=delay_seconds) if delay_seconds else None,
        )
        expected = {"total": right_total(self.request), "rounds": self.request.rounds}
        return Live(handle, run.started(handle, "ClosedFormWorkflow", self.request, expected), self)

    async def during(self, run: Run, live: Live) -> None:
        """Sends the first half of the signals."""
        await self._send(run, live, range(1, self.request.signals // 2 + 1))

    async def after(self, run: Run, live: Live) -> None:
        """Sends the rest of the signals."""
        await self._send(run, live, range(self.request.signals // 2 + 1, self.request.signals + 1))

    def applied(self, result: Any) -> Sequence[str] | None:
        """Returns the ids that the result lists."""
        return list(result["applied"]) if isinstance(result, Mapping) else None

    async def _send(self, run: Run, live: Live, numbers: Sequence[int]) -> None:
        for number in numbers:
            tries = 0

            async def taken(number: int = number) -> bool:
                nonlocal tries
                tries += 1  # another id each time: one that was taken unheard is not sent again
                message_id = f"{number}.{tries}"
                return await run.signal(live.handle, "add", message_id, message_id)

            await until(f"signal {number} to {live.handle.id} is acknowledged", taken)
