"""Every start that the server acknowledged comes to an end, and its history is whole."""

from temporalio.client import WorkflowHistory

from temporal.chaos.evidence import Ending, Evidence
from temporal.chaos.invariants.reading import closed_at

NAME = "terminal"
WHAT = "every acknowledged start reaches a terminal state, with a whole history"

TERMINAL = {"COMPLETED", "FAILED", "CANCELED", "TERMINATED", "TIMED_OUT", "CONTINUED_AS_NEW"}


def applies(evidence: Evidence) -> bool:
    """Always: a run that started nothing shows nothing, which is a breach."""
    return True


async def check(evidence: Evidence) -> list[str]:
    """Compares the client's own list of acknowledged ids with how each was found."""
    if not evidence.started:
        return ["workflow: none was started"]
    endings = {ending.workflow_id: ending for ending in evidence.endings}
    breaches = []
    for started in evidence.started:
        ending = endings.get(started.workflow_id)
        if ending is None:
            breaches.append(f"workflow {started.workflow_id}: acknowledged, but not found")
        elif ending.status not in TERMINAL:
            breaches.append(f"workflow {started.workflow_id}: acknowledged, but not ended: {ending.status}")
        else:
            breaches += _not_whole(ending)
    return breaches


def _not_whole(ending: Ending) -> list[str]:
    where = f"workflow {ending.workflow_id}"
    if not ending.histories:
        return [f"{where}: ended, but without a history"]
    found = []
    for history in ending.histories:
        if closed_at(history) is None:
            found.append(f"{where}: a run of a chain that has ended is open")
        if gap := _gap(history):
            found.append(f"{where}: {gap}")
    return found


def _gap(history: WorkflowHistory) -> str:
    for expected, event in enumerate(history.events, start=1):
        if event.event_id != expected:
            return f"event {expected} is missing from its history"
    return ""
