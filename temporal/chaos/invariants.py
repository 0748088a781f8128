"""What must be true of a run whatever was killed: each check returns one line a breach, or none."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Table, select
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from temporal.activities.long_running import last_progress, next_link
from temporal.chaos.continuation import time_of, timers
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.messages.work import WorkInput
from temporal.store.schema import decisions, events, notifications, steps
from temporal.workers.registration import WORKFLOWS


def steps_done_once(store: Engine, workflow_id: str, request: DurableDemoInput) -> list[str]:
    """Checks the effect record's tables: every step and business event is there, each exactly once."""
    sides = ("before", "after")
    expected_steps = [f"{side}-{number}" for side in sides for number in range(1, request.steps + 1)]
    return [
        *_each_once(expected_steps, _stored(store, steps.c.step, steps, workflow_id)),
        *_each_once(["demo-started", "demo-completed"], _stored(store, events.c.kind, events, workflow_id)),
    ]


def decided_once(store: Engine, workflow_id: str, title: str, outcome: Outcome, decided_by: str) -> list[str]:
    """Checks the audit and the in-tray: this decision and its notification, each exactly once."""
    decision = decisions.c.outcome.concat(" by ").concat(decisions.c.decided_by)
    return [
        *_each_once([f"{outcome} by {decided_by}"], _stored(store, decision, decisions, workflow_id)),
        *_each_once(
            [f"{outcome}: {title}"], _stored(store, notifications.c.subject, notifications, workflow_id)
        ),
    ]


def slept_long_enough(history: WorkflowHistory, request: DurableDemoInput) -> list[str]:
    """Checks by the server's times that the sleep lasted at least what was asked."""
    if not request.sleep_seconds:
        return []
    fired = list(timers(history))
    if [timer.asked.total_seconds() for timer in fired] != [request.sleep_seconds]:
        return [f"timers: one of {request.sleep_seconds:g} s expected, got {[str(t.asked) for t in fired]}"]
    lasted = (fired[0].fired - fired[0].started).total_seconds()
    if lasted < request.sleep_seconds:
        return [f"sleep: lasted {lasted:.3f} s, asked for {request.sleep_seconds:g} s"]
    return []


def work_is_right(result: DurableDemoResult, request: DurableDemoInput) -> list[str]:
    """Computes the long-running work's hash chain anew and compares."""
    if not request.work_units:
        return []
    work = WorkInput(subject="work", units=request.work_units, unit_seconds=request.work_unit_seconds)
    chain = last_progress(work, []).chain
    for _ in range(request.work_units):
        chain = next_link(chain)
    if result.work is None or result.work.chain != chain:
        return ["work: its result is not the one computed here"]
    return []


def kill_landed(history: WorkflowHistory, killed: datetime) -> list[str]:
    """Checks that no worker of the time before the kill completed a task that began after it."""
    times = {event.event_id: time_of(event) for event in history.events}
    before: set[str] = set()
    after: set[str] = set()
    for event in history.events:
        for done in (
            event.workflow_task_completed_event_attributes,
            event.activity_task_completed_event_attributes,
        ):
            if done.identity:
                (after if times[done.started_event_id] > killed else before).add(done.identity)
    return [f"fault: worker {identity} went on after its kill" for identity in sorted(before & after)]


async def replays(history: WorkflowHistory) -> list[str]:
    """Replays the history against the workflows as they are now."""
    try:
        await Replayer(workflows=WORKFLOWS).replay_workflow(history)
    except Exception as error:  # whatever replay raises is the finding
        return [f"replay: {error}"]
    return []


def _stored(store: Engine, text: ColumnElement[str], table: Table, workflow_id: str) -> list[str]:
    with store.begin() as connection:
        return list(connection.scalars(select(text).where(table.c.workflow_id == workflow_id)))


def _each_once(expected: Iterable[str], found: Iterable[str]) -> list[str]:
    counts, wanted = Counter(found), Counter(expected)
    return [
        f"effect {name}: {counts[name]} times, expected {wanted[name]}"
        for name in sorted(counts | wanted)
        if counts[name] != wanted[name]
    ]
