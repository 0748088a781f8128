"""What the demo does: two workflows, two kills, and a look at what came of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.client import WorkflowHandle

from temporal.chaos import invariants, observation
from temporal.chaos.continuation import Continuation, continuations, retried_activities
from temporal.chaos.fleet import Fleet
from temporal.chaos.scenarios import Demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.cli.demo_link import DemoApi, LinkPage
from temporal.messages.approval import ApprovalResult
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow

ORDER = DurableDemoInput(name="order-4711", steps=2, work_units=10, work_unit_seconds=0.2, sleep_seconds=4)
WORK = WorkInput(subject="work", units=ORDER.work_units, unit_seconds=ORDER.work_unit_seconds)
KILL_AFTER_UNITS = 3
TITLE, REQUESTER, APPROVER, COMMENT = "Deploy release 2.4", "maria", "ana", "tests are green"
REQUEST: dict[str, object] = {
    "title": TITLE,
    "details": {"service": "checkout", "risk": "low"},
    "policy": {"four_eyes": True},
}
SHOWN_OF_A_LINK = 12
"""How many characters of a link's secret are shown."""

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
        answered_seconds: How long the approver waited for the answer to the link's form, in seconds.
        breaches: What was not as it should be; empty at the end of a good run.
    """

    tell: Callable[[float, str], None]
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    handles: list[WorkflowHandle[Any, Any]] = field(default_factory=list)
    kills: list[datetime] = field(default_factory=list)
    steps: list[Continuation] = field(default_factory=list)
    answered_seconds: float | None = None
    breaches: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Tells what happened just now."""
        self.tell((datetime.now(UTC) - self.begun).total_seconds(), line)


async def play(target: EmbeddedTarget, fleet: Fleet, story: Story) -> None:
    """Runs both workflows through two deaths of their worker, then checks what the servers know."""
    api = DemoApi(target, REQUESTER)
    await fleet.start()
    story.say(f"workers poll: {fleet.about}")
    await api.start()
    story.say(f"the API and its pages answer at {api.url}")
    demo = await _start_demo(target, story)
    approval, link = await _ask(target, api, story)

    await observation.working(target.client, demo, WORK, units=KILL_AFTER_UNITS)
    story.kills.append(await fleet.kill_holder(demo))
    story.say(f"SIGKILL its worker mid-activity: the server heard of {KILL_AFTER_UNITS} units or more")
    await fleet.replace()
    story.say("the dead worker is replaced")

    story.breaches += await _open(approval, link, story)
    await observation.sleeping(demo)
    story.kills.append(await fleet.kill_holder(demo))
    story.say("SIGKILL its worker mid-sleep; the timer runs on in the server")
    breaches, _ = await asyncio.gather(_press(link, story), _replaced(fleet, story))
    story.breaches += breaches

    decision = (await approval.result()).decision
    story.say(
        f"ApprovalWorkflow completed: {decision.outcome} by {decision.decided_by}, by {decision.channel}"
    )
    if decision.channel != "link":
        story.breaches.append(f"the decision came by {decision.channel}, expected link")
    result = await demo.result()
    story.say(f"DurableDemoWorkflow completed: {len(result.steps)} steps, slept {result.slept_seconds:.2f} s")
    if result.work:
        story.say(
            f"its work: {result.work.units} units in {result.work.attempt} attempts, "
            f"resumed from unit {result.work.resumed_from}"
        )
    story.breaches += invariants.work_is_right(result, ORDER)
    await _check(target, story, demo, approval)


async def _start_demo(target: EmbeddedTarget, story: Story) -> Demo:
    demo = await target.client.start_workflow(
        DurableDemoWorkflow.run,
        ORDER,
        id="demo-order-4711",
        task_queue=target.task_queue,
        static_summary=f"demo: {ORDER.name}",
    )
    story.handles.append(demo)
    story.say(
        f"DurableDemoWorkflow started: {ORDER.steps} steps, {ORDER.work_units} units of work, "
        f"a sleep of {ORDER.sleep_seconds:g} s, {ORDER.steps} steps"
    )
    return demo


async def _ask(target: EmbeddedTarget, api: DemoApi, story: Story) -> tuple[Approval, LinkPage]:
    asked = str((await api.call("/approvals", REQUEST))["id"])
    approval: Approval = target.client.get_workflow_handle(asked, result_type=ApprovalResult)
    story.handles.append(approval)
    story.say(f"ApprovalWorkflow started through the API: {TITLE!r}, asked by {REQUESTER}")
    made = await api.call(f"/approvals/{asked}/links", {"approver": APPROVER})
    address, _, secret = str(made["url"]).rpartition("/")
    story.say(f"a signed link for {APPROVER} alone: {address}/{secret[:SHOWN_OF_A_LINK]}…")
    return approval, LinkPage(api, str(made["url"]))


async def _open(approval: Approval, link: LinkPage, story: Story) -> list[str]:
    page = await link.open()
    status = await approval.query(ApprovalWorkflow.get_status)
    story.say(f"{APPROVER} opens the link: it shows the request, and decides nothing")
    breaches = [] if TITLE in page else ["the link's page does not show the request"]
    return [*breaches, *(["opening the link has decided"] if status.decision else [])]


async def _press(link: LinkPage, story: Story) -> list[str]:
    story.say(f"{APPROVER} presses Approve right after the kill")
    begun = time.monotonic()
    page = await link.press(Outcome.APPROVED, COMMENT)
    story.answered_seconds = time.monotonic() - begun
    story.say(f"{APPROVER} reads that it is approved, {story.answered_seconds:.2f} s later")
    return [] if "You approved it" in page else ["the link's page does not say that it is approved"]


async def _replaced(fleet: Fleet, story: Story) -> None:
    await fleet.replace()
    story.say("the dead worker is replaced")


async def _check(target: EmbeddedTarget, story: Story, demo: Demo, approval: Approval) -> None:
    converter = target.client.data_converter
    of_demo, of_approval = await asyncio.gather(demo.fetch_history(), approval.fetch_history())
    story.breaches += [
        *invariants.steps_done_once(target.store, demo.id, ORDER),
        *invariants.decided_once(target.store, approval.id, TITLE, Outcome.APPROVED, APPROVER),
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
