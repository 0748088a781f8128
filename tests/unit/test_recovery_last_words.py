"""A dead worker's last calls: whenever their answers come, what they bring is given back."""

import asyncio

import pytest
from temporalio.api.deployment.v1 import WorkerDeploymentOptions

from temporal.recovery import reading
from temporal.recovery.gateway import Gateway
from temporal.recovery.held import HeldTask, Kind, Ledger, PollKey
from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.upstream import SERVICE
from tests.recovery_upstream import ScriptedUpstream

KEY = PollKey(reading.WORKFLOW_POLL, "shop", "orders", sticky=False, versions=b"", group="")
FAIL = "RespondWorkflowTaskFailed"


def a_task(token: bytes) -> HeldTask:
    return HeldTask(Kind.WORKFLOW, token, KEY, WorkerDeploymentOptions())


class Meanwhile(ScriptedUpstream):
    """Lets the dead worker's last call be answered while the first round is under way, or after it."""

    def __init__(self, *, during: bool) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.during = during
        self.last_call: asyncio.Task[None] | None = None

    async def forward(self, request: Request) -> Answer:
        """Notes that the first round has begun, and lets the last call end within it."""
        if request.method == SERVICE + FAIL and self.last_call and not self.begun.is_set():
            self.begun.set()
            if self.during:
                await self.last_call
        return await super().forward(request)


@pytest.mark.parametrize("during", [True, False])
async def test_a_task_that_an_answer_brings_during_the_release_is_given_back(during: bool) -> None:
    server, ledger = Meanwhile(during=during), Ledger()
    ledger.take(a_task(b"held"))

    async def respond() -> None:
        await server.begun.wait()
        if not during:
            while ledger.held():
                await asyncio.sleep(0)
        ledger.take(a_task(b"brought"))

    server.last_call = asyncio.create_task(respond())
    ledger.calls.add(server.last_call)
    server.last_call.add_done_callback(ledger.calls.discard)
    released = await Gateway(server).release(ledger)
    assert released.tasks == {Kind.WORKFLOW: 2}
    assert ledger.tasks == {}
