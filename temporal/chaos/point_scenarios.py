"""Scenarios at every point: the worker that has the workflow is SIGKILLed there."""

from temporal.chaos.faults.processes import (
    KILL_BOTH,
    KILL_WORKER,
)
from temporal.chaos.points.in_activity import (
    AFTER_EFFECT,
    BEFORE_EFFECT,
    DURING_RECOVERY,
    HEARTBEAT_LOOP,
    TERM_DONE,
)
from temporal.chaos.points.point import Point
from temporal.chaos.points.restarting import DURING_DRAIN, DURING_START_UP
from temporal.chaos.points.starting import BEFORE_FIRST_TASK, WITHIN_WORKFLOW_TASK
from temporal.chaos.points.waiting import (
    DECIDED_BEFORE_EFFECT,
    MID_SLEEP,
    TIMER_WHILE_DOWN,
    WAITING_FOR_DECISION,
)
from temporal.chaos.run import Workload
from temporal.chaos.scenario import Scenario, Strike
from temporal.chaos.workloads.approval import ApprovalWorkload
from temporal.chaos.workloads.closed_form.workload import ClosedFormWorkload
from temporal.chaos.workloads.demo import QUICK, SLEEPER, WORKER, DemoWorkload

STEPS, ASLEEP, AT_WORK = DemoWorkload(QUICK), DemoWorkload(SLEEPER), DemoWorkload(WORKER)
UNDECIDED, DECIDED, CLOSED_FORM = ApprovalWorkload(), ApprovalWorkload(early=True), ClosedFormWorkload()


def scenario_of(name: str, what: str, workload: Workload, *strikes: Strike, workers: int = 0) -> Scenario:
    """Returns a scenario whose strikes come one after another."""
    return Scenario(name=name, what=what, workload=workload, strikes=strikes, workers=workers)


def kill_at(*points: Point) -> list[Strike]:
    """Returns a SIGKILL of the worker at each point."""
    return [Strike(point, (KILL_WORKER,)) for point in points]


SEED = (
    scenario_of("kill-mid-sleep", "SIGKILL the worker while a workflow sleeps", ASLEEP, *kill_at(MID_SLEEP)),
    scenario_of(
        "kill-mid-activity",
        "SIGKILL the worker within long-running work",
        AT_WORK,
        *kill_at(HEARTBEAT_LOOP),
    ),
)

POINTS = (
    *SEED,
    scenario_of(
        "kill-before-first-task",
        "SIGKILL the worker between a start and its first task",
        STEPS,
        *kill_at(BEFORE_FIRST_TASK),
    ),
    scenario_of(
        "kill-in-workflow-task",
        "the worker dies in the midst of a workflow task",
        STEPS,
        *kill_at(WITHIN_WORKFLOW_TASK),
    ),
    scenario_of(
        "kill-before-effect", "the worker dies before an activity's effect", STEPS, *kill_at(BEFORE_EFFECT)
    ),
    scenario_of(
        "kill-after-effect",
        "the worker dies between an effect and its acknowledgement",
        STEPS,
        *kill_at(AFTER_EFFECT),
    ),
    scenario_of(
        "timer-while-down",
        "SIGKILL everything; a timer fires while no worker is up",
        ASLEEP,
        Strike(TIMER_WHILE_DOWN, (KILL_BOTH,)),
    ),
    scenario_of(
        "kill-undecided",
        "SIGKILL the worker while a request waits for its decision",
        UNDECIDED,
        *kill_at(WAITING_FOR_DECISION),
    ),
    scenario_of(
        "kill-decided",
        "the worker dies between a decision and its record",
        DECIDED,
        *kill_at(DECIDED_BEFORE_EFFECT),
    ),
    scenario_of("kill-draining", "the worker dies while it drains", AT_WORK, *kill_at(DURING_DRAIN)),
    scenario_of(
        "kill-recovering",
        "SIGKILL the worker that takes up what the last kill interrupted",
        AT_WORK,
        *kill_at(HEARTBEAT_LOOP, DURING_RECOVERY),
    ),
    scenario_of(
        "kill-starting",
        "SIGKILL the dead worker's replacement while it starts",
        UNDECIDED,
        *kill_at(WAITING_FOR_DECISION, DURING_START_UP),
    ),
    scenario_of(
        "kill-closed-form",
        "the worker dies amidst children and activities whose sum is known",
        CLOSED_FORM,
        *kill_at(TERM_DONE),
    ),
)
