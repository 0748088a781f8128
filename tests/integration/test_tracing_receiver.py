"""A receiver that is away, silent or back again: work goes on, and one line tells of it."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.targets.environment import free_ports
from temporal.chaos.worker_process import WorkerProcess
from temporal.messages.durable_demo import DurableDemoInput
from tests.integration.traced_demos import scripts_of, spans_of, start_traced, trace_of
from tests.integration.worker_logs import json_lines, logged
from tests.otlp_receiver import Receiver

pytest_plugins = ["tests.tracing_fixtures"]

STEPS = DurableDemoInput(sleep_seconds=0, steps=2)
SEVERAL_BATCHES = DurableDemoInput(sleep_seconds=0, work_units=100, work_unit_seconds=0.1)
"""Activities over ten seconds: longer than the receiver is waited for with one batch, twice over."""


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def about_spans(worker: WorkerProcess) -> list[tuple[object, object]]:
    return [
        (line["level"], line["message"])
        for line in json_lines(worker.log)
        if "span" in str(line["message"]) or str(line["logger"]).startswith("opentelemetry")
    ]


async def test_work_goes_on_without_a_receiver_and_one_line_says_so_and_one_that_it_is_back(
    target: EmbeddedTarget, traced: dict[str, str]
) -> None:
    [port] = free_ports(1)
    variables = {**traced, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
    worker = await target.start_worker(variables)
    for name in ("one", "two"):
        demo = await start_traced(target, variables, SEVERAL_BATCHES if name == "one" else STEPS, name)
        assert (await demo.result()).steps
    await logged(worker.log, "takes no spans")
    missing = ("WARNING", f"traces: http://127.0.0.1:{port} takes no spans; they are lost until it does")
    assert about_spans(worker) == [missing]

    with Receiver(port) as receiver:
        demo = await start_traced(target, variables, STEPS, "three")
        await demo.result()
        trace_id = await trace_of(receiver, demo)
        assert receiver.of_trace(trace_id) == spans_of(STEPS)
        await logged(worker.log, "takes spans again")
    [_, (level, message)] = about_spans(worker)
    assert (level, str(message).endswith(" were lost")) == ("INFO", True)


async def test_a_silent_receiver_holds_up_no_work_and_no_drain(target: EmbeddedTarget, silent: str) -> None:
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": silent, "WORKER_GRACEFUL_SHUTDOWN_SECONDS": "0"}
    worker = await target.start_worker(variables)
    demo = await start_traced(target, variables, STEPS)
    await demo.result()
    worker.terminate()
    assert await worker.ended() == 0, "the drain's watchdog ended it"


async def test_a_drain_sends_what_waits(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    worker = await target.start_worker(traced)
    demo = await start_traced(target, traced, STEPS)
    await demo.result()
    worker.terminate()
    assert await worker.ended() == 0
    [started] = receiver.named("StartWorkflow:DurableDemoWorkflow")
    assert receiver.of_trace(started.trace_id) == spans_of(STEPS)


async def test_a_worker_with_traces_does_what_nobody_traces(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    await target.start_worker({**traced, "OTEL_TRACES_SAMPLER": "parentbased_always_off"})
    demo = await start_demo(target, STEPS)
    await demo.result()
    traced_demo = await start_traced(target, traced, STEPS)
    await traced_demo.result()
    trace_id = await trace_of(receiver, traced_demo)
    assert {span.trace_id for span in receiver.spans()} == {trace_id}


async def test_the_headers_come_with_each_batch_and_in_no_log(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    headers = {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer canary-of-the-token,tenant=t1"}
    scripts = scripts_of(target, {**traced, **headers, "LOG_LEVEL": "DEBUG"})
    variables = {**traced, **headers, "LOG_LEVEL": "DEBUG", "OTEL_SERVICE_NAME": "shop"}
    worker = await target.start_worker(variables)
    demo = await start_traced(target, scripts.environment, STEPS)
    await demo.result()
    await trace_of(receiver, demo)
    assert receiver.headers["authorization"] == "Bearer canary-of-the-token"
    assert receiver.headers["tenant"] == "t1"
    assert "shop" in {span.service for span in receiver.spans()}
    assert "canary-of-the-token" not in worker.log.read_text()
