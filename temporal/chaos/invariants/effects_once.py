"""Each effect happened exactly once: the histories say what had to happen, the effect record what did."""

from collections import Counter

from sqlalchemy import Engine, select
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from temporal.chaos.evidence import Ending, Evidence, Started
from temporal.chaos.invariants.demo_effects import decided_once, steps_done_once
from temporal.chaos.invariants.reading import plain, run_id
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.store.schema import effects, events, notifications, steps

NAME = "effects-once"
WHAT = "each effect happened exactly once, by its key in the effect record"

RECORDED = {
    "process_step",
    "log_event",
    "process_request",
    "record_decision",
    "send_notification",
    "long_running_task",
}
"""Activity types whose completion without a row in the effect record is a breach."""

WRITTEN = {steps: steps.c.step, events: events.c.kind, notifications: notifications.c.recipient}
"""The tables that effects write to, and what tells two rows of one effect apart. Each row holds its effect's
key, so that a doubled one can be counted."""


def applies(evidence: Evidence) -> bool:
    """Where the workers used an effect record that the harness can read."""
    return evidence.store is not None


async def check(evidence: Evidence) -> list[str]:
    """Compares the effect record with the histories, and with what was asked where that is known."""
    if evidence.store is None:
        return []
    endings = {ending.workflow_id: ending for ending in evidence.endings}
    breaches = []
    for started in evidence.started:
        ending = endings.get(started.workflow_id)
        breaches += _as_asked(evidence.store, started, ending)
        breaches += _keys(evidence.store, started.workflow_id)
        if ending is not None:
            breaches += _activities(evidence.store, ending)
    return breaches


def _as_asked(store: Engine, started: Started, ending: Ending | None) -> list[str]:
    match started.request:
        case DurableDemoInput() as request:
            return steps_done_once(store, started.workflow_id, request)
        case ApprovalRequest(title=title) if ending is not None and ending.status == "COMPLETED":
            decision = plain(ending.result)["decision"]
            outcome = Outcome(decision["outcome"])
            return decided_once(store, started.workflow_id, title, outcome, decision["decided_by"])
    return []


def _keys(store: Engine, workflow_id: str) -> list[str]:
    """Every row that an effect wrote has a key of the record, and no key wrote the same twice."""
    breaches = []
    with store.begin() as connection:
        known = set(connection.scalars(select(effects.c.key).where(effects.c.workflow_id == workflow_id)))
        for table, what in WRITTEN.items():
            written = select(table.c.effect_key, what).where(table.c.workflow_id == workflow_id)
            rows = Counter((key, name) for key, name in connection.execute(written))
            for (key, name), times in sorted(rows.items()):
                if times > 1:
                    breaches.append(f"effect {key}: {times} rows of {name} in {table.name}, expected 1")
                if key not in known:
                    breaches.append(f"effect {key}: a row in {table.name} without its key in the record")
    return breaches


def _activities(store: Engine, ending: Ending) -> list[str]:
    """By run and type: at least as many effects as completed activities, at most as many as scheduled."""
    statement = select(effects.c.run_id, effects.c.activity).where(
        effects.c.workflow_id == ending.workflow_id
    )
    with store.begin() as connection:
        done = Counter((row.run_id, row.activity) for row in connection.execute(statement))
    recorded = RECORDED | {activity for _, activity in done}
    breaches = []
    for history in ending.histories:
        scheduled, completed = _counted(history)
        for activity in sorted(recorded & (scheduled.keys() | {a for r, a in done if r == run_id(history)})):
            found = done[run_id(history), activity]
            if not completed[activity] <= found <= scheduled[activity]:
                breaches.append(
                    f"effect of {activity}: {found} in the record, "
                    f"{completed[activity]} completed of {scheduled[activity]} scheduled"
                )
    return breaches


def _counted(history: WorkflowHistory) -> tuple[Counter[str], Counter[str]]:
    types = {
        event.event_id: event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }
    completed = [
        types[event.activity_task_completed_event_attributes.scheduled_event_id]
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    ]
    return Counter(types.values()), Counter(completed)
