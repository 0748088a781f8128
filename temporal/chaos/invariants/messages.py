"""No signal or decision is lost or applied twice, and they are applied in the order of their sending."""

from collections import Counter
from collections.abc import Sequence

from temporalio.client import WorkflowHistory

from temporal.chaos.evidence import Ending, Evidence, Sent

NAME = "messages"
WHAT = "no acknowledged signal or decision is lost, applied twice or out of order"


def applies(evidence: Evidence) -> bool:
    """Where anything was sent."""
    return bool(evidence.sent)


async def check(evidence: Evidence) -> list[str]:
    """Compares the ids that the server acknowledged with those that the workflows say they applied.

    What was sent and not acknowledged may or may not have arrived: it may be applied, but only once.
    """
    endings = {ending.workflow_id: ending for ending in evidence.endings}
    breaches = []
    for workflow_id in dict.fromkeys(sent.workflow_id for sent in evidence.sent):
        mine = [sent for sent in evidence.sent if sent.workflow_id == workflow_id]
        ending = endings.get(workflow_id)
        if ending is None:
            breaches += [f"message {sent.message_id}: its workflow is not found" for sent in mine]
        elif ending.applied is None:
            breaches += _not_in_history(mine, ending)
        else:
            breaches += _not_once(mine, ending.applied)
    return breaches


def _not_once(sent: Sequence[Sent], applied: Sequence[str]) -> list[str]:
    counts = Counter(applied)
    breaches = [
        f"message {message_id}: applied {counts[message_id]} times"
        for message_id in sorted(counts.keys() | {one.message_id for one in sent})
        if counts[message_id] > 1
    ]
    breaches += [
        f"message {one.message_id}: acknowledged, but not applied"
        for one in sent
        if not counts[one.message_id]
    ]
    order = {one.message_id: one.order for one in sent}
    places = [order[message_id] for message_id in dict.fromkeys(applied) if message_id in order]
    if places != sorted(places):
        breaches.append(f"messages to {sent[0].workflow_id}: applied in another order than sent: {places}")
    return breaches


def _not_in_history(sent: Sequence[Sent], ending: Ending) -> list[str]:
    """A workflow that does not say what it applied has at least got each message."""
    arrived = Counter(name for history in ending.histories for name in _names(history))
    wanted = Counter(one.name for one in sent)
    return [
        f"message {name} to {ending.workflow_id}: {wanted[name]} acknowledged, {arrived[name]} in its history"
        for name in sorted(wanted)
        if arrived[name] < wanted[name]
    ]


def _names(history: WorkflowHistory) -> list[str]:
    signals = [event.workflow_execution_signaled_event_attributes.signal_name for event in history.events]
    updates = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        for event in history.events
    ]
    return [name for name in signals + updates if name]
