"""What the demo does: two workflows, two kills, and a look at what came of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.client import WorkflowHandle

from temporal.chaos import invariants, observation
from temporal.chaos.continuation import Continuation, continuations, retried_activities
from temporal.chaos.fleet import Fleet
from temporal.chaos.scenarios import Demo
from temporal.chaos.target import EmbeddedTarget
from temporal.messages.approval import ApprovalRequest, ApprovalResult
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

ORDER = DurableDemoInput(name="order-4711", steps=2, work_units=10, work_unit_seconds=0.2, sleep_seconds=4)
WORK = WorkInput(subject="work", units=ORDER.work_units, unit_seconds=ORDER.work_unit_seconds)
KILL_AFTER_UNITS = 3
REQUEST = ApprovalRequest(
    title="Deploy release 2.4", requester="maria", details={"service": "checkout", "risk": "low"}
)
DECISION = {"approver": "ana", "comment": "tests are green"}

Approval = WorkflowHandle[ApprovalWorkflow, ApprovalResult]


@dataclass
class Story:
    """What has happened so far, for whoever shows it.

    Attributes:
        begun: When it began (UTC).
        tell: Called with each moment's seconds since the start and its line.
        handles: The workflows, once started.
        kills: When a worker was gone (UTC).
        steps: Every step of either workflow since the first kill, by the server's times.
        breaches: What was not as it should be; empty at the end of a good run.
    """

    tell: Callable[[float, str], None]
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    handles: list[WorkflowHandle[Any, Any]] = field(default_factory=list)
    kills: list[datetime] = field(default_factory=list)
    steps: list[Continuation] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Tells what happened just now."""
        self.tell((datetime.now(UTC) - self.begun).total_seconds(), line)


async def play(target: EmbeddedTarget, fleet: Fleet, story: Story) -> None:
    """Runs both workflows through two deaths of their worker, then checks what the servers know."""
    await fleet.start()
    story.say(f"workers poll: {fleet.about}")
    demo, approval = await _start(target, story)

    await observation.working(target.client, demo, WORK, units=KILL_AFTER_UNITS)
    story.kills.append(await fleet.kill_holder(demo))
    story.say(f"SIGKILL its worker mid-activity: the server heard of {KILL_AFTER_UNITS} units or more")
    await fleet.replace()
    story.say("the dead worker is replaced")

    await observation.sleeping(demo)
    story.kills.append(await fleet.kill_holder(demo))
    story.say("SIGKILL its worker mid-sleep; the timer runs on in the server")
    await approval.signal("approve", DECISION)
    story.say(f"{DECISION['approver']} approves right after the kill; the server keeps the signal")
    await fleet.replace()
    story.say("the dead worker is replaced")

    decided = await approval.result()
    story.say(f"ApprovalWorkflow completed: {decided.decision.outcome} by {decided.decision.decided_by}")
    result = await demo.result()
    story.say(f"DurableDemoWorkflow completed: {len(result.steps)} steps, slept {result.slept_seconds:.2f} s")
    if result.work:
        story.say(
            f"its work: {result.work.units} units in {result.work.attempt} attempts, "
            f"resumed from unit {result.work.resumed_from}"
        )
    story.breaches += invariants.work_is_right(result, ORDER)
    await _check(target, story, demo, approval)


async def _start(target: EmbeddedTarget, story: Story) -> tuple[Demo, Approval]:
    demo = await target.client.start_workflow(
        DurableDemoWorkflow.run,
        ORDER,
        id="demo-order-4711",
        task_queue=target.task_queue,
        static_summary=f"demo: {ORDER.name}",
    )
    approval = await target.client.start_workflow(
        ApprovalWorkflow.run,
        REQUEST,
        id="demo-approval-2.4",
        task_queue=target.task_queue,
        static_summary=f"demo: {REQUEST.title}",
    )
    story.handles = [demo, approval]
    story.say(
        f"DurableDemoWorkflow started: {ORDER.steps} steps, {ORDER.work_units} units of work, "
        f"a sleep of {ORDER.sleep_seconds:g} s, {ORDER.steps} steps"
    )
    story.say(f"ApprovalWorkflow started: {REQUEST.title!r}, asked by {REQUEST.requester}")
    return demo, approval


async def _check(target: EmbeddedTarget, story: Story, demo: Demo, approval: Approval) -> None:
    converter = target.client.data_converter
    of_demo, of_approval = await asyncio.gather(demo.fetch_history(), approval.fetch_history())
    story.breaches += [
        *invariants.steps_done_once(target.store, demo.id, ORDER),
        *invariants.decided_once(
            target.store, approval.id, REQUEST.title, Outcome.APPROVED, DECISION["approver"]
        ),
        *invariants.slept_long_enough(of_demo, ORDER),
        *await invariants.replays(of_demo, data_converter=converter),
        *await invariants.replays(of_approval, data_converter=converter),
    ]
    story.steps = sorted(
        [
            *retried_activities(of_demo, story.kills[0]),
            *(step for step in continuations(of_demo) if step.due > story.kills[0]),
            *(step for step in continuations(of_approval) if step.due > story.kills[0]),
        ],
        key=lambda step: step.due,
    )
