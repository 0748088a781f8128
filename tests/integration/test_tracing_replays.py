"""A workflow's spans come once, however often it is replayed and whoever carries it on after a SIGKILL."""

import asyncio

import pytest

from temporal.chaos import observation
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from tests.integration.traced_demos import spans_of, start_traced, trace_of
from tests.otlp_receiver import Receiver

pytest_plugins = ["tests.tracing_fixtures"]

SHORT = DurableDemoInput(sleep_seconds=1, steps=2)
LONG = DurableDemoInput(sleep_seconds=3, steps=1, work_units=30, work_unit_seconds=0.1)


async def test_one_trace_over_the_death_of_the_worker_in_an_activity_and_in_a_sleep(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str]
) -> None:
    fleet = SupervisedFleet(target, {**traced, "WORKER_STICKY_TIMEOUT_SECONDS": "60"})
    await fleet.start()
    demo = await start_traced(target, traced, LONG)
    work = WorkInput(subject="work", units=LONG.work_units, unit_seconds=LONG.work_unit_seconds)
    for span in ("StartActivity:long_running_task", "RunActivity:process_step", "RunActivity:log_event"):
        await receiver.received(span)  # what has gone out survives
    await observation.working(target.client, demo, work, units=3)
    await fleet.kill_holder(demo)
    await observation.sleeping(demo)
    await receiver.received("RunActivity:long_running_task")
    await fleet.replace()
    await fleet.kill_holder(demo)
    await demo.result()

    trace_id = await trace_of(receiver, demo)
    assert receiver.of_trace(trace_id) == spans_of(LONG)
    assert receiver.twice() == []
    assert {span.trace_id for span in receiver.spans()} == {trace_id}
    [worked] = receiver.named("RunActivity:long_running_task")
    assert worked.attributes["temporalActivityAttempt"] == 2
    workers = {span.instance for span in receiver.spans() if span.service.endswith("-worker")}
    assert len(workers) >= 2, workers


@pytest.mark.parametrize("cached", ["0", "1", "1000"])
async def test_a_replay_makes_no_span_again(
    target: EmbeddedTarget, receiver: Receiver, traced: dict[str, str], cached: str
) -> None:
    variables = {**traced, "WORKER_MAX_CACHED_WORKFLOWS": cached}
    first = await target.start_worker(variables)
    demos = [await start_traced(target, traced, SHORT, f"demo-{number}") for number in range(2)]
    await observation.sleeping(demos[-1])
    for demo in demos:
        await demo.query("get_status")
    await target.start_worker(variables)
    first.terminate()  # whatever it has in memory goes on elsewhere
    assert await first.ended() == 0
    await asyncio.gather(*(demo.result() for demo in demos))

    traces = {await trace_of(receiver, demo) for demo in demos}
    assert len(traces) == len(demos)
    for trace_id in traces:
        assert receiver.of_trace(trace_id) == spans_of(SHORT)
    assert receiver.twice() == []
    assert {span.trace_id for span in receiver.spans()} == traces
