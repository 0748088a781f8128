"""The chaos scenarios: a workload, a fault at an observed point, and what must be true afterwards."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import WorkflowFailureError, WorkflowHandle

from temporal.chaos import invariants, observation
from temporal.chaos.continuation import Continuation, continuations, retried_activities
from temporal.chaos.fleet import Fleet
from temporal.chaos.target import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.messages.work import WorkInput
from temporal.workflows.durable_demo import DurableDemoWorkflow

Demo = WorkflowHandle[DurableDemoWorkflow, DurableDemoResult]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one run of a scenario showed.

    Attributes:
        scenario: The scenario's name.
        workflow_id: The workflow that was hit.
        killed: When its worker was gone (UTC).
        latest: The step after the kill that came latest; None when the workflow did not go on.
        breaches: One line for each invariant that broke, also that the fault did not land; empty is a pass.
    """

    scenario: str
    workflow_id: str
    killed: datetime
    latest: Continuation | None
    breaches: list[str]


@dataclass(frozen=True)
class Scenario:
    """A named scenario: `run` does it once, on a target and with workers that are not started yet."""

    name: str
    what: str
    run: Callable[[EmbeddedTarget, Fleet], Awaitable[Finding]]


async def kill_mid_sleep(target: EmbeddedTarget, fleet: Fleet) -> Finding:
    """SIGKILLs the worker while the workflow sleeps; another worker takes it up when the sleep ends."""
    request = DurableDemoInput(name="mid-sleep", sleep_seconds=3, steps=2)
    await fleet.start()
    handle = await start_demo(target, request)
    await observation.sleeping(handle)
    killed = await fleet.kill_holder(handle)
    await fleet.replace()
    return await judge(target, "kill-mid-sleep", request, handle, killed)


async def kill_mid_activity(target: EmbeddedTarget, fleet: Fleet) -> Finding:
    """SIGKILLs the worker within long-running work; another attempt resumes from the last heartbeat."""
    request = DurableDemoInput(
        name="mid-activity", sleep_seconds=0, steps=1, work_units=25, work_unit_seconds=0.1
    )
    work = WorkInput(subject="work", units=request.work_units, unit_seconds=request.work_unit_seconds)
    await fleet.start()
    handle = await start_demo(target, request)
    await observation.working(target.client, handle, work, units=2)
    killed = await fleet.kill_holder(handle)
    await fleet.replace()
    return await judge(target, "kill-mid-activity", request, handle, killed)


SCENARIOS = (
    Scenario("kill-mid-sleep", "SIGKILL the worker while a workflow sleeps", kill_mid_sleep),
    Scenario("kill-mid-activity", "SIGKILL the worker within long-running work", kill_mid_activity),
)


async def start_demo(target: EmbeddedTarget, request: DurableDemoInput) -> Demo:
    """Starts a workflow under an id of its own."""
    return await target.client.start_workflow(
        DurableDemoWorkflow.run,
        request,
        id=f"chaos-{request.name}-{uuid.uuid4().hex[:8]}",
        task_queue=target.task_queue,
        static_summary=f"chaos: {request.name}",
    )


async def judge(
    target: EmbeddedTarget,
    scenario: str,
    request: DurableDemoInput,
    handle: Demo,
    killed: datetime,
    *,
    patience: float = observation.PATIENCE_SECONDS,
) -> Finding:
    """Waits for the workflow's end and checks it by its history and by the effect record.

    Args:
        target: Where it ran.
        scenario: The scenario's name.
        request: What it was asked to do.
        handle: The workflow.
        killed: When its worker was gone (UTC).
        patience: How long after its own sleep and work it may take to end, in seconds.
    """
    breaches: list[str] = []
    patience += request.sleep_seconds + request.work_units * request.work_unit_seconds
    try:
        async with asyncio.timeout(patience):
            breaches += invariants.work_is_right(await handle.result(), request)
    except TimeoutError:
        breaches.append(f"workflow: acknowledged, but not ended within {patience:g} s")
    except WorkflowFailureError as error:
        breaches.append(f"workflow: {error.cause}")
    history = await handle.fetch_history()
    breaches += invariants.kill_landed(history, killed)
    breaches += invariants.steps_done_once(target.store, handle.id, request)
    breaches += invariants.slept_long_enough(history, request)
    breaches += await invariants.replays(history)
    retried = retried_activities(history, killed)
    resumed = [one for one in continuations(history) if one.due > killed]
    if not (retried if request.work_units else resumed):
        breaches.append("fault: the kill interrupted nothing")
    return Finding(
        scenario=scenario,
        workflow_id=handle.id,
        killed=killed,
        latest=max(retried + resumed, key=lambda one: one.late_seconds, default=None),
        breaches=breaches,
    )
