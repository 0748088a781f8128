"""What a release does while the server does not listen, and what becomes of tasks that wait for a worker."""

import asyncio
import time

import pytest
from temporalio.api.common.v1 import ActivityType
from temporalio.api.deployment.v1 import WorkerDeploymentOptions
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueResponse,
    PollWorkflowTaskQueueResponse,
    RespondActivityTaskCompletedRequest,
)
from temporalio.service import RPCStatusCode

from temporal.recovery import gateway as module
from temporal.recovery import reading, upstream
from temporal.recovery.gateway import Gateway
from temporal.recovery.held import HeldTask, Kind, Ledger, PollKey
from temporal.recovery.http2.answer import Answer, Request
from temporal.recovery.upstream import SERVICE
from tests.recovery_upstream import DONE, ScriptedUpstream, refusal

KEY = PollKey(reading.ACTIVITY_POLL, "shop", "orders", sticky=False, versions=b"", group="")
FAIL = "RespondActivityTaskFailed"
COMPLETE = "RespondActivityTaskCompleted"


def an_activity(seconds: float = 600) -> HeldTask:
    expires = time.monotonic() + seconds
    return HeldTask(Kind.ACTIVITY, b"t", KEY, WorkerDeploymentOptions(), activity="work", expires=expires)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between attempts."""
    monkeypatch.setattr(upstream, "FIRST_PAUSE", 0.0)


@pytest.mark.parametrize("code", sorted(upstream.NOT_HEARD, key=str))
async def test_a_release_tries_until_the_server_has_heard_it(code: RPCStatusCode) -> None:
    server, ledger = ScriptedUpstream(), Ledger()
    server.answers[FAIL] = [refusal(code), refusal(code)]
    ledger.take(an_activity())
    released = await Gateway(server).release(ledger)
    assert server.calls.count(FAIL) == 3
    assert released.tasks == {Kind.ACTIVITY: 1}
    assert ledger.tasks == {}


async def test_a_task_stays_in_the_ledger_until_it_is_released() -> None:
    server, ledger = ScriptedUpstream(), Ledger()
    server.answers[FAIL] = [refusal(RPCStatusCode.UNAVAILABLE)] * 1_000_000
    ledger.take(an_activity())
    releasing = Gateway(server).release(ledger)
    while FAIL not in server.calls:
        await asyncio.sleep(0)
    assert [task.token for task in ledger.held()] == [b"t"]
    releasing.cancel()


async def test_a_refused_token_is_not_used_again() -> None:
    server, ledger = ScriptedUpstream(), Ledger()
    server.answers[FAIL] = [refusal(RPCStatusCode.NOT_FOUND)]
    ledger.take(an_activity())
    await Gateway(server).release(ledger)
    assert server.calls.count(FAIL) == 1
    assert ledger.tasks == {}


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (DONE, []),
        (refusal(RPCStatusCode.NOT_FOUND), []),
        (refusal(RPCStatusCode.UNAVAILABLE), [b"t"]),
        (refusal(RPCStatusCode.DEADLINE_EXCEEDED), [b"t"]),
    ],
)
async def test_a_worker_holds_a_task_until_its_answer_is_heard(answer: Answer, held: list[bytes]) -> None:
    server = ScriptedUpstream()
    server.answers[COMPLETE] = [answer]
    listener = Gateway(server).listener()
    listener.ledger.take(an_activity())
    request = RespondActivityTaskCompletedRequest(task_token=b"t").SerializeToString()
    await listener._answer(Request(SERVICE + COMPLETE, request))
    assert [task.token for task in listener.ledger.held()] == held


async def test_a_worker_holds_a_task_again_when_its_answer_is_never_answered() -> None:
    class Silent(ScriptedUpstream):
        async def forward(self, request: Request) -> Answer:
            return await asyncio.Future[Answer]()

    listener = Gateway(Silent()).listener()
    listener.ledger.take(an_activity())
    request = RespondActivityTaskCompletedRequest(task_token=b"t").SerializeToString()
    answers = [
        asyncio.create_task(listener.handle(Request(SERVICE + COMPLETE, request, seconds=seconds)))
        for seconds in (0.01, 0.05)
    ]
    assert (await answers[0]).code is RPCStatusCode.DEADLINE_EXCEEDED
    assert listener.ledger.held() == []  # the worker has answered twice
    assert (await answers[1]).code is RPCStatusCode.DEADLINE_EXCEEDED
    assert [task.token for task in listener.ledger.held()] == [b"t"]


async def waiting_activity(gateway: Gateway) -> Answer:
    """Has an activity come for a worker that died, when no other polls."""
    response = PollActivityTaskQueueResponse(task_token=b"t", activity_type=ActivityType(name="work"))
    response.start_to_close_timeout.FromSeconds(600)
    answer = Answer(response=response.SerializeToString())
    gateway._polls.offer(KEY, answer)
    return answer


async def test_a_task_that_waits_is_written_down_until_a_worker_polls() -> None:
    gateway = Gateway(ScriptedUpstream())
    answer = await waiting_activity(gateway)
    assert [task.token for task in gateway.waiting.held()] == [b"t"]

    async def never() -> Answer:
        raise AssertionError("the server is polled although a task waits")

    assert await gateway._polls.poll(Ledger(), KEY, never) == answer
    assert gateway.waiting.held() == []


async def test_what_waits_goes_back_when_the_supervisor_ends() -> None:
    server = ScriptedUpstream()
    gateway = Gateway(server)
    await waiting_activity(gateway)
    await gateway.close(patience=10)
    assert FAIL in server.calls


async def test_a_workflow_task_that_nobody_polls_for_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    server = ScriptedUpstream()
    gateway = Gateway(server)
    key = PollKey(reading.WORKFLOW_POLL, "shop", "orders", sticky=False, versions=b"", group="")
    response = PollWorkflowTaskQueueResponse(task_token=b"w")
    gateway._polls.offer(key, Answer(response=response.SerializeToString()))
    while "RespondWorkflowTaskFailed" not in server.calls:
        await asyncio.sleep(0)
    assert gateway.waiting.held() == []
