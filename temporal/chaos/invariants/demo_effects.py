"""The effects that a demo or an approval must have had, by name, each exactly once."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Engine, Table, select

from temporal.messages.decision import Outcome
from temporal.messages.durable_demo import DurableDemoInput
from temporal.store.schema import decisions, events, notifications, steps


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
