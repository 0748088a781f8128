"""One trace from the API through the workflow to its activities, its ids in the logs, and no words in it."""

import json

import httpx

from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.api.api_client import asked, decided, opened
from tests.api.api_process import api_process
from tests.integration.worker_logs import json_lines
from tests.otlp_receiver import Received, Receiver

pytest_plugins = ["tests.tracing_fixtures"]

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CANARY = "canary-of-the-words"


async def approved(client: httpx.AsyncClient, approver: httpx.AsyncClient, **headers: str) -> str:
    client.headers.update(headers)
    approval = await asked(client, title=f"title {CANARY}", details={"amount": CANARY})
    await opened(client, approval)
    answer = await decided(approver, approval, comment=f"comment {CANARY}")
    assert answer.status_code == 200, answer.text
    return approval


def chain(spans: list[Received], last: Received) -> list[str]:
    """Returns the names from the first span of a trace to one of its last."""
    by_id = {span.span_id: span for span in spans}
    names = [last.name]
    while last.parent_id in by_id:
        last = by_id[last.parent_id]
        names.append(last.name)
    return names[::-1]


async def test_a_request_its_workflow_and_its_activities_are_one_trace(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    await target.start_worker(traced)
    async with api_process(target, traced) as api:
        async with api.caller("maria") as maria, api.caller("ana") as ana:
            approval = await approved(maria, ana)
            missing = await maria.get("/approvals/nowhere")
            link = await maria.get(f"/links/{CANARY}?token={CANARY}")
        assert (missing.status_code, link.status_code < 500) == (404, True)
        [complete] = await receiver.received("CompleteWorkflow:ApprovalWorkflow")
        await receiver.received("GET /approvals/{id}")

        spans = receiver.spans()
        [asking] = receiver.named("POST /approvals")
        ran = [span for span in spans if span.name.startswith("RunActivity:")]
        assert {span.trace_id for span in ran} == {asking.trace_id} == {complete.trace_id}
        kinds = {span.name.partition(":")[2] for span in ran}
        assert kinds == {"process_request", "record_decision", "send_notification"}
        for span in ran:
            activity = span.name.partition(":")[2]
            started = "StartWorkflow:ApprovalWorkflow"
            assert chain(spans, span) == ["POST /approvals", started, f"StartActivity:{activity}", span.name]
            assert span.attributes["temporalWorkflowID"] == approval
            assert span.attributes["temporalActivityAttempt"] == 1
        assert {span.service for span in spans} == {"durable-workflows-api", "durable-workflows-worker"}
        assert receiver.twice() == []

        # The decision is a trace of its own, and its handling within the request's trace links to it.
        [deciding] = receiver.named("POST /approvals/{id}/decisions")
        [handled] = receiver.named("HandleUpdate:decide")
        assert handled.trace_id == asking.trace_id != deciding.trace_id
        assert handled.links == (deciding.trace_id,)

        [line] = [line for line in json_lines(target.folder / "api.log") if line.get("status") == 201]
        assert (line["route"], line["trace_id"], line["span_id"]) == (
            "/approvals",
            asking.trace_id,
            asking.span_id,
        )
    assert CANARY not in receiver.text()


async def test_a_caller_s_trace_goes_on_and_what_else_it_hands_on_goes_nowhere(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    await target.start_worker(traced)
    async with api_process(target, traced) as api, api.caller("maria") as maria, api.caller("ana") as ana:
        more = {"traceparent": CALLER, "tracestate": f"vendor={CANARY}", "baggage": f"user={CANARY}"}
        approval = await approved(maria, ana, **more)
        await receiver.received("CompleteWorkflow:ApprovalWorkflow")
        [asking] = await receiver.received("POST /approvals")
    assert (asking.trace_id, asking.parent_id) == tuple(CALLER.split("-")[1:3])
    assert receiver.of_trace(asking.trace_id)["RunWorkflow:ApprovalWorkflow"] == 1
    history = await target.client.get_workflow_handle(approval).fetch_history()
    [start] = [e for e in history.events if e.HasField("workflow_execution_started_event_attributes")]
    header = start.workflow_execution_started_event_attributes.header.fields["_tracer-data"]
    assert set(json.loads(header.data)) == {"traceparent"}
    assert CANARY not in receiver.text()


async def test_what_machines_ask_all_the_time_is_not_traced_and_a_drain_sends_the_rest(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    await target.start_worker()
    async with api_process(target, traced) as api, api.anybody() as anybody:
        assert (await anybody.get("/health")).status_code == 200
        assert (await anybody.get("/approvals")).status_code == 401
        api.terminate()
        assert await api.ended() == 0
    [refused] = receiver.named("GET /approvals")
    assert refused.attributes == {
        "http.request.method": "GET",
        "http.route": "/approvals",
        "http.response.status_code": 401,
    }
    assert {span.name for span in receiver.spans()} == {"GET /approvals"}
